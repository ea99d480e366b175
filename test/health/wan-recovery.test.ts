import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  answers,
  except,
  loses,
  silence,
  silentUpstream,
  upLine,
  usablePath,
  VirtualLine,
} from './virtual-line.ts'

describe('coming back', () => {
  test('takes five answered rounds in a row', () => {
    const line = upLine()
    line.playing = silentUpstream
    line.until('down', 3_000).run(30_000)
    line.playing = answers(10)
    const fromMs = line.nowMs
    line.until('up', 10_000)
    const tookMs = line.nowMs - fromMs
    assert.ok(tookMs >= 4_000 && tookMs <= 5_500, `${tookMs} ms`)
    assert.match(line.health.reason, /answered 5 rounds in a row$/)
  })

  test('starts anew when a whole round is silent', () => {
    const line = upLine()
    line.playing = silentUpstream
    line.until('down', 3_000).run(30_000)
    line.playing = answers(10)
    line.run(3_500)
    line.playing = silentUpstream
    line.run(2_000)
    line.playing = answers(10)
    const fromMs = line.nowMs
    line.until('up', 10_000)
    // Whole rounds: the first one may be nearly over when it is answered.
    assert.ok(line.nowMs - fromMs >= 3_000, `${line.nowMs - fromMs} ms`)
  })

  test('is told round by round, and taken back with the first silent one', () => {
    const line = upLine()
    line.playing = silentUpstream
    line.until('down', 3_000).run(30_000)
    assert.equal(line.health.answersSinceMs, null)
    line.playing = answers(10)
    const backMs = line.nowMs
    line.run(1_500)
    const { answersSinceMs } = line.health
    assert.ok(answersSinceMs !== null && answersSinceMs - backMs < 400, `${answersSinceMs}`)
    assert.match(line.health.reason, /^answers again, [23] of 5 rounds in a row$/)
    line.playing = silentUpstream
    line.run(2_100)
    assert.equal(line.health.answersSinceMs, null)
    assert.match(line.health.reason, /^answered [23] of 5 rounds, then no more$/)
    line.playing = answers(10)
    line.until('up', 6_000)
    assert.equal(line.health.answersSinceMs, null)
  })

  test('is noticed within 0.3 s where nothing else lives, whatever the interval', () => {
    for (let phaseMs = 0; phaseMs < 2_000; phaseMs += 130) {
      const line = upLine({ probe: { intervalMs: 5_000 } }).setInUse(true)
      line.playing = silentUpstream
      line.until('down', 10_000).run(30_000 + phaseMs)
      line.playing = answers(20)
      const backMs = line.nowMs
      line.run(300)
      const { answersSinceMs } = line.health
      assert.ok(answersSinceMs !== null, `${phaseMs} ms`)
      assert.ok(answersSinceMs - backMs <= 275, `${answersSinceMs - backMs} ms`)
    }
  })

  test('is not seen in a late answer to a question from before the silence', () => {
    const dns = except(({ method }) => method === 'dns', answers(300), answers(10))
    const line = upLine({ playing: dns, probe: { upAfter: 1 } })
    let asked = 0
    line.playing = (request, nowMs) => {
      if (request.method === 'dns') asked += 1
      const late = request.method === 'dns' && asked === 1
      return (late ? answers(3_000) : silentUpstream)(request, nowMs)
    }
    line.run(30_000)
    assert.ok((line.health.suspectedMs ?? 0) > (line.sent.find(isLate)?.atMs ?? 0))
    assert.deepEqual(line.states, ['unknown', 'up', 'down'])

    function isLate({ atMs, request }: (typeof line.sent)[number]): boolean {
      return atMs >= 20_000 && request.method === 'dns'
    }
  })
})

describe('the link', () => {
  const noCarrier = { kind: 'unusable', reason: 'eth0 has no carrier' } as const

  test('without carrier makes the WAN down at once, and stops the probes', () => {
    const line = upLine().setPath({ evidence: noCarrier })
    assert.equal(line.health.state, 'down')
    assert.equal(line.health.reason, 'eth0 has no carrier')
    line.run(10_000)
    assert.deepEqual(line.sentSince(20_001), [])
  })

  test('that is back needs answers before the WAN is up', () => {
    const line = upLine().setPath({ evidence: noCarrier }).run(10_000)
    line.playing = silentUpstream
    line.setPath({}).run(10_000)
    assert.equal(line.health.state, 'down')
    assert.equal(line.health.reason, 'its link is back, no reply yet')
    line.playing = answers(10)
    line.until('up', 6_000)
  })

  test('that is back has its first probe sent at once', () => {
    const line = upLine().setPath({ evidence: noCarrier }).run(10_000)
    const backMs = line.nowMs
    line.setPath({}).run(10)
    const now = line.sent.filter(({ atMs }) => atMs === backMs)
    assert.ok(now.some(({ request }) => request.method === 'icmp'))
  })

  test('whose probes another one takes makes the WAN unknown, never down', () => {
    const line = upLine().setPath({ evidence: { kind: 'hijacked', reason: 'a VPN’s rule' } })
    line.run(30_000)
    assert.equal(line.health.state, 'unknown')
    assert.equal(line.health.reason, 'a VPN’s rule')
    line.setPath({}).run(1_000)
    assert.deepEqual(line.states, ['unknown', 'up', 'unknown', 'up'])
  })

  test('with a new gateway is asked anew without a word of alarm', () => {
    const line = upLine().changeGateway('192.168.0.7').run(5_000)
    assert.deepEqual(line.states, ['unknown', 'up'])
    assert.ok(line.sentSince(20_000).includes('neighbour 192.168.0.7'))
  })

  test('with a new gateway that leads nowhere is down in a second', () => {
    const line = upLine()
    line.playing = silence
    line.changeGateway('192.168.0.7').until('down', 2_100)
    assert.deepEqual(line.states, ['unknown', 'up', 'down'])
  })

  test('that is not there at start makes the WAN down with that reason', () => {
    const line = new VirtualLine({ path: { ...usablePath, evidence: noCarrier } }).run(1_000)
    assert.equal(line.health.reason, 'eth0 has no carrier')
  })
})

describe('a stall of our own', () => {
  test('of five seconds makes nothing down while the answers wait in the sockets', () => {
    for (let phase = 0; phase < 1_000; phase += 53) {
      // Slow enough that several answers wait, and each is read in a turn of its own.
      const line = upLine({ playing: answers(480) })
        .run(phase)
        .stall(5_000)
        .run(10_000)
      assert.deepEqual(line.states, ['unknown', 'up'], `phase ${phase}`)
      const burst = line.sentSince(25_000 + phase).filter((probe) => probe.startsWith('icmp'))
      assert.ok(burst.length <= 31, `no burst: ${burst.length} icmp probes in 10 s`)
    }
  })

  test('amid a suspicion does not decide it', () => {
    const line = upLine()
    line.playing = silentUpstream
    line.run(600)
    line.playing = answers(10)
    line.run(5).stall(5_000).run(10_000)
    assert.deepEqual(line.states, ['unknown', 'up'])
  })
})

test('a flap that was healthy before lengthens the hold-down from the sixth in an hour on', () => {
  const line = upLine()
  const holdDownsMs: number[] = []
  for (let i = 0; i < 10; i++) {
    line.setPath({ evidence: { kind: 'unusable', reason: 'no carrier' } }).run(1_000)
    holdDownsMs.push(line.health.holdDownMs)
    line.setPath({}).until('up', 10_000)
  }
  const expected = [30, 30, 30, 30, 30, 60, 120, 240, 300, 300]
  assert.deepEqual(
    holdDownsMs,
    expected.map((seconds) => seconds * 1_000),
  )
  line.run(3_600_000)
  assert.equal(line.health.holdDownMs, 30_000)
})

test('eight hours of loss and outages take no more memory than one', () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const line = new VirtualLine({})
  const heapAfterHour = (seed: number): number => {
    line.playing = loses(0.1, seed)
    line.run(3_540_000)
    line.playing = silence
    line.run(60_000)
    line.sent.length = 0
    line.transitions.length = 0
    collect()
    return process.memoryUsage().heapUsed
  }
  const first = heapAfterHour(1)
  let last = first
  for (let hour = 2; hour <= 8; hour++) last = heapAfterHour(hour)
  assert.ok(last - first < 1_000_000, `${last - first} bytes more`)
})
