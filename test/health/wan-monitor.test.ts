import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  answers,
  except,
  refuses,
  silence,
  silentUpstream,
  upLine,
  VirtualLine,
} from './virtual-line.ts'

describe('from unknown', () => {
  test('a WAN is unknown at start, and the first answer makes it up', () => {
    const line = new VirtualLine({}).run(100)
    assert.deepEqual(line.states, ['unknown', 'up'])
    assert.equal(line.enteredAtMs('up'), 10)
    assert.equal(line.health.reason, '1.1.1.1 answers')
  })

  test('a dead WAN stays unknown at start until a whole burst went unanswered', () => {
    const line = new VirtualLine({ playing: silentUpstream }).until('down', 5_000)
    assert.deepEqual(line.states, ['unknown', 'down'])
    const atMs = line.enteredAtMs('down')
    assert.ok(atMs >= 2_000, `down after ${atMs} ms: one time-out to suspect, one to decide`)
    const rounds = line.sentSince(1_000).filter((probe) => probe === 'icmp 1.1.1.1')
    assert.ok(rounds.length >= 3)
  })

  test('one lost answer right after start alarms nobody', () => {
    let first = true
    const line = new VirtualLine({
      playing: (request, nowMs) => {
        const lost = first && request.method === 'icmp'
        if (lost) first = false
        return lost ? 'silence' : answers(10)(request, nowMs)
      },
    }).run(10_000)
    assert.deepEqual(line.states, ['unknown', 'up'])
  })
})

describe('a silence', () => {
  test('is decided by its rounds after its patience, and little later', () => {
    const line = upLine()
    line.playing = silentUpstream
    line.until('down', 3_000)
    const { suspectedMs, reason } = line.health
    const tookMs = line.nowMs - (suspectedMs ?? 0)
    assert.ok(tookMs >= 650 && tookMs < 700, `${tookMs} ms`)
    assert.ok((suspectedMs ?? 0) - 20_000 <= 334, 'the next regular probe is the first to miss')
    assert.match(reason, /^no reply from 1\.1\.1\.1, 8\.8\.8\.8, 9\.9\.9\.9 for 6\d\d ms/)
    assert.match(reason, /though the gateway 192\.168\.0\.1 replies$/)
    const burst = line.sentSince(20_400).filter((probe) => probe === 'icmp 9.9.9.9')
    assert.ok(burst.length >= 3, `${burst.length} rounds`)
  })

  test('of the gateway too is decided no sooner: a hotspot hiccups as a whole', () => {
    const line = upLine()
    line.playing = silence
    line.until('down', 2_000)
    const tookMs = line.nowMs - (line.health.suspectedMs ?? 0)
    assert.ok(tookMs >= 650 && tookMs < 700, `${tookMs} ms`)
    assert.equal(line.health.reason, 'the gateway 192.168.0.1 does not answer on eth0')
  })

  test('of a gateway that never answered ARP is no evidence', () => {
    const mute = except(({ method }) => method === 'neighbour', silence, answers(10))
    const line = upLine({ playing: mute })
    assert.equal(line.sentSince(0).filter((probe) => probe.startsWith('neighbour')).length, 5)
    line.playing = silence
    line.until('down', 3_000)
    assert.ok(line.nowMs - (line.health.suspectedMs ?? 0) >= 650)
    assert.match(line.health.reason, /^no reply from/)
  })

  test('of the first ARP question alone does not keep the gateway from being a witness', () => {
    let asked = 0
    const line = upLine({
      playing: (request, nowMs) => {
        if (request.method === 'neighbour') asked += 1
        const lost = request.method === 'neighbour' && asked === 1
        return lost ? 'silence' : answers(10)(request, nowMs)
      },
    })
    line.playing = silence
    line.until('down', 2_000)
    assert.match(line.health.reason, /^the gateway/)
  })

  test('confirmed by the failed neighbour entry is decided at once', () => {
    const line = upLine()
    line.playing = silence
    line.run(500)
    assert.equal(line.health.state, 'up')
    line.monitor.neighbourFailed(line.nowMs)
    assert.equal(line.health.state, 'down')
  })

  test('is not assumed from a failed neighbour entry alone', () => {
    const line = upLine()
    line.monitor.neighbourFailed(line.nowMs)
    line.run(5_000)
    assert.deepEqual(line.states, ['unknown', 'up'])
    const burst = line.sent.filter(({ atMs }) => atMs === 20_000)
    assert.ok(burst.length >= 6, 'it asks everybody at once')
  })

  test('of half a second is no outage', () => {
    const line = upLine()
    for (let i = 0; i < 20; i++) {
      line.playing = silence
      line.run(300)
      line.playing = answers(10)
      line.run(5_000)
    }
    assert.deepEqual(line.states, ['unknown', 'up'])
  })
})

describe('a refusal', () => {
  test('of everything by somebody on the way is decided without waiting', () => {
    const line = upLine()
    line.playing = refuses({ kind: 'refused', reason: '10.0.0.1 says: no route' })
    line.until('down', 1_000)
    const tookMs = line.nowMs - (line.health.suspectedMs ?? 0)
    assert.ok(tookMs < 50, `${tookMs} ms`)
    assert.equal(line.health.reason, '10.0.0.1 says: no route')
  })

  test('of our own kernel has to last as long as a silence: a route may be put back', () => {
    const line = upLine()
    line.playing = refuses({ kind: 'unsent', reason: 'the network is unreachable' }, 0)
    line.run(600)
    line.playing = answers(10)
    line.run(10_000)
    assert.deepEqual(line.states, ['unknown', 'up'])
    line.playing = refuses({ kind: 'unsent', reason: 'the network is unreachable' }, 0)
    line.until('down', 2_000)
    assert.ok(line.nowMs - (line.health.suspectedMs ?? 0) >= 650)
    assert.equal(line.health.reason, 'the network is unreachable')
  })

  test('by one target only is that target’s own', () => {
    const one = except(
      ({ target }) => target === '8.8.8.8',
      refuses({ kind: 'refused', reason: 'prohibited' }),
      answers(10),
    )
    assert.deepEqual(upLine({ playing: one }).states, ['unknown', 'up'])
  })
})
