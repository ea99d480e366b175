import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Family } from '../../src/model/address.ts'
import {
  answers,
  except,
  silence,
  silentUpstream,
  upLine,
  usablePath,
  VirtualLine,
} from './virtual-line.ts'

type Line = VirtualLine

/** `icmp 1.1.1.1` → how many in the next `forMs`. */
function counted(line: Line, forMs: number): Record<string, number> {
  const fromMs = line.nowMs + 0.001
  line.run(forMs)
  const counts: Record<string, number> = {}
  for (const probe of line.sentSince(fromMs).toSorted()) counts[probe] = (counts[probe] ?? 0) + 1
  return counts
}

const sentTimes = (line: Line, method: string, sinceMs: number): number[] =>
  line.sent
    .filter(({ atMs, request }) => atMs >= sinceMs && request.method === method)
    .map(({ atMs }) => atMs)

describe('at full pace', () => {
  test('each target is asked once an interval, by the second method one of them in turn', () => {
    const line = upLine()
    assert.deepEqual(counted(line, 60_000), {
      'dns 1.1.1.1': 20,
      'dns 8.8.8.8': 20,
      'dns 9.9.9.9': 20,
      'icmp 1.1.1.1': 60,
      'icmp 8.8.8.8': 60,
      'icmp 9.9.9.9': 60,
    })
  })

  test('the probes are evenly spaced, in turn, and no two leave in one moment', () => {
    const line = new VirtualLine({}).run(70_000)
    const icmp = sentTimes(line, 'icmp', 10_000)
    for (let i = 1; i < icmp.length; i++) {
      const gapMs = (icmp[i] ?? 0) - (icmp[i - 1] ?? 0)
      assert.ok(Math.abs(gapMs - 1_000 / 3) < 4, `${gapMs} ms`)
    }
    const targets = line.sentSince(10_000).filter((probe) => probe.startsWith('icmp'))
    for (const [i, probe] of targets.entries()) assert.equal(probe, targets[i % 3])
    const dns = sentTimes(line, 'dns', 10_000)
    assert.ok(dns.every((atMs) => icmp.every((other) => Math.abs(other - atMs) > 100)))
  })

  test('four pings a second look for a line that is down, where nothing else lives', () => {
    const line = upLine({ probe: { intervalMs: 5_000 } }).setInUse(true)
    line.playing = silentUpstream
    line.until('down', 10_000).run(10_000)
    const { length: before } = sentTimes(line, 'icmp', 0)
    line.run(60_000)
    assert.equal(sentTimes(line, 'icmp', 0).length - before, 240)
  })

  test('one family is asked by nobody of the other, and IPv6 as often as IPv4', () => {
    const asked = (family: Family) => Object.entries(counted(upLine({ family }), 60_000))
    assert.deepEqual(
      asked('ipv4').filter(([probe]) => probe.includes(':')),
      [],
    )
    assert.deepEqual(asked('ipv6'), [
      ['dns 2001:4860:4860::8888', 30],
      ['dns 2606:4700:4700::1111', 30],
      ['icmp 2001:4860:4860::8888', 60],
      ['icmp 2606:4700:4700::1111', 60],
    ])
  })

  test('IPv6 of a metered line on standby is asked as rarely as IPv4', () => {
    const sent = (family: Family) => {
      const line = upLine({ family, metered: true }).run(60_000)
      const sinceMs = line.nowMs
      return line.run(600_000).sentSince(sinceMs).length
    }
    assert.equal(sent('ipv6'), sent('ipv4'))
  })

  test('a line with nobody to ask by ARP sleeps between its probes', () => {
    const toGateway = upLine()
    const pointToPoint = upLine({
      path: { ...usablePath, hop: { kind: 'link' } },
    })
    const turns = (line: VirtualLine) => {
      const before = line.turns
      return line.run(60_000).turns - before
    }
    assert.equal(turns(pointToPoint), turns(toGateway))
  })

  test('the gateway is asked once, when its path is new, and has payload-free questions', () => {
    const line = new VirtualLine({}).run(600_000)
    const asked = line.sent.filter(({ request }) => request.method === 'neighbour')
    assert.deepEqual(
      asked.map(({ atMs, request }) => [atMs, request.target, request.link]),
      [[0, '192.168.0.1', 'eth0']],
    )
  })

  test('the loop is woken only for probes and answers, and once for each overdue check', () => {
    const line = upLine()
    const before = line.turns
    line.run(60_000)
    assert.ok(line.turns - before <= 60 * 4 * 2, `${line.turns - before} turns in a minute`)
  })

  test('every id is used once', () => {
    const line = new VirtualLine({}).run(60_000)
    const ids = line.sent.map(({ request }) => request.id)
    assert.equal(new Set(ids).size, ids.length)
  })
})

describe('a metered WAN', () => {
  const metered = (playing = answers(50)) => new VirtualLine({ metered: true, playing })
  const inFiveMinutes = (line: Line) => counted(line, 300_000)

  test('on standby asks one target in turn every 30 s, by the first method, without payload', () => {
    const line = metered().run(60_000)
    assert.deepEqual(inFiveMinutes(line), {
      'icmp 1.1.1.1': 4,
      'icmp 8.8.8.8': 3,
      'icmp 9.9.9.9': 3,
    })
    assert.ok(line.sent.every(({ request }) => request.small))
  })

  test('is asked at full pace until its first verdict', () => {
    const line = metered(silentUpstream).run(990)
    assert.deepEqual(line.sentSince(0).length, 1 + 3 + 1)
  })

  test('in use is asked at full pace, with payload', () => {
    const line = metered().run(60_000).setInUse(true)
    const fromMs = line.nowMs
    line.run(1_000)
    const counts = counted(line, 60_000)
    // The minute may begin or end between two that are due in the same moment.
    assert.ok(Math.abs((counts['icmp 8.8.8.8'] ?? 0) - 60) <= 1, JSON.stringify(counts))
    assert.ok(Math.abs((counts['dns 8.8.8.8'] ?? 0) - 20) <= 1, JSON.stringify(counts))
    assert.ok(line.sent.every(({ atMs, request }) => atMs < fromMs || !request.small))
    line.setInUse(false).run(2_000)
    assert.equal(
      Object.values(inFiveMinutes(line)).reduce((a, b) => a + b),
      10,
    )
  })

  test('under suspicion is asked at full pace, and is down within 35 s on standby', () => {
    const line = metered().run(60_000)
    line.playing = silentUpstream
    line.until('down', 35_000)
    assert.ok(line.nowMs - (line.health.suspectedMs ?? 0) <= 1_300)
  })

  test('that is down is asked at full pace for a minute, then rarely, and never by DNS', () => {
    const line = metered().run(60_000)
    line.playing = silentUpstream
    line.until('down', 35_000)
    const minute = counted(line, 59_000)
    assert.ok((minute['icmp 1.1.1.1'] ?? 0) >= 58)
    line.run(2_000)
    const later = inFiveMinutes(line)
    assert.equal(
      Object.values(later).reduce((a, b) => a + b),
      10,
      JSON.stringify(later),
    )
  })

  test('that answers after a long outage is up within seconds of its first answer', () => {
    const line = metered().run(60_000)
    line.playing = silentUpstream
    line.until('down', 35_000).run(600_000)
    line.playing = answers(50)
    line.until('up', 36_000)
    const firstAnswer = line.sent.findLast(
      ({ atMs }, i) => i > 0 && atMs - (line.sent[i - 1]?.atMs ?? 0) > 5_000,
    )
    assert.ok(line.nowMs - (firstAnswer?.atMs ?? 0) < 6_000)
  })

  test('whose link comes back after an hour is asked at full pace again for a minute', () => {
    const line = metered().run(60_000)
    line.setPath({ evidence: { kind: 'unusable', reason: 'gone' } }).run(3_600_000)
    // The modem has a link long before it has a network.
    line.playing = silentUpstream
    line.setPath({}).run(20_000)
    const seconds = line.sentSince(line.nowMs - 10_000).length
    assert.ok(seconds >= 30, `${seconds} probes in 10 s`)
    line.playing = answers(50)
    line.until('up', 6_000)
  })

  test('that answers no ICMP is watched by the method that it answers', () => {
    const noIcmp = except(({ method }) => method === 'icmp', silence, answers(50))
    const line = metered(noIcmp).run(60_000)
    assert.equal(line.health.state, 'degraded')
    const counts = inFiveMinutes(line)
    const dns = Object.entries(counts).filter(([probe]) => probe.startsWith('dns'))
    assert.equal(
      dns.reduce((sum, [, count]) => sum + count, 0),
      10,
      JSON.stringify(counts),
    )
    line.playing = silentUpstream
    line.until('down', 40_000)
    line.run(600_000)
    line.playing = noIcmp
    line.until('degraded', 40_000)
  })

  test('that was degraded by a dead DNS becomes up again on standby', () => {
    const line = metered(except(({ method }) => method === 'dns', silence, answers(50)))
    line.setInUse(true).run(10_000)
    assert.equal(line.health.state, 'degraded')
    line.setInUse(false).run(10_000)
    line.playing = answers(50)
    line.until('up', 200_000)
  })

  describe('in use, while its own traffic comes in', () => {
    const busy = () => metered().run(60_000).setInUse(true).run(2_000).hears(10_000)

    test('is asked every 5 s by each method, one target in turn', () => {
      const line = busy()
      const fromMs = line.nowMs + 0.001
      line.hears(60_000)
      const sent = line.sentSince(fromMs)
      const icmp = sent.filter((probe) => probe.startsWith('icmp'))
      assert.ok(icmp.length >= 11 && icmp.length <= 13, `${sent}`)
      assert.ok(sent.length - icmp.length <= 13, `${sent}`)
      assert.equal(new Set(icmp).size, 3)
      assert.equal(line.health.state, 'up')
    })

    test('is asked as ever from the moment that nothing comes in any more', () => {
      const line = busy()
      const fromMs = line.nowMs
      line.run(3_000)
      const [first = Number.NaN] = sentTimes(line, 'icmp', fromMs + 0.001)
      assert.ok(first - fromMs <= 140, `${first - fromMs} ms`)
      assert.ok(sentTimes(line, 'icmp', fromMs).length >= 8)
    })

    test('is found dead no later than without the traffic, whenever it dies', () => {
      const worstMs = (prepare: (line: Line, phaseMs: number) => Line): number => {
        const times = Array.from({ length: 20 }, (_, phase) => {
          const line = prepare(metered().run(60_000).setInUse(true).run(12_000), phase * 50)
          const diedMs = line.nowMs
          line.playing = silentUpstream
          line.until('down', 10_000)
          return line.nowMs - diedMs
        })
        return Math.max(...times)
      }
      const alone = worstMs((line, phaseMs) => line.run(phaseMs))
      const heard = worstMs((line, phaseMs) => line.hears(20_000 + phaseMs))
      assert.ok(heard <= alone, `${heard} ms, without traffic ${alone} ms`)
    })

    test('is found dead within 6.5 s even if its gateway goes on talking', () => {
      const line = busy()
      line.playing = silentUpstream
      const diedMs = line.nowMs
      while (line.health.state !== 'down' && line.nowMs - diedMs < 20_000) line.hears(100)
      assert.ok(line.nowMs - diedMs <= 6_500, `${line.nowMs - diedMs} ms`)
    })

    test('is asked at full pace again for a suspicion', () => {
      const line = busy()
      line.playing = silentUpstream
      line.monitor.neighbourFailed(line.nowMs)
      const fromMs = line.nowMs
      line.hears(1_000)
      assert.ok(line.sentSince(fromMs).length >= 9)
    })
  })

  test('that is not metered is asked as ever, whatever comes in', () => {
    const line = upLine()
    const fromMs = line.nowMs
    line.hears(10_000)
    assert.ok(sentTimes(line, 'icmp', fromMs).length >= 29)
  })

  test('moves less than 200 kB a day on standby', () => {
    const line = metered().run(86_400_000)
    const icmpBytes = 2 * 28
    assert.ok(line.sent.length * icmpBytes < 200_000, `${line.sent.length * icmpBytes} bytes`)
  })
})
