import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ProbeRequest } from '../../src/model/probe.ts'
import {
  answers,
  defaultProbe,
  except,
  loses,
  type Playing,
  silence,
  silentUpstream,
  upLine,
  VirtualLine,
} from './virtual-line.ts'

describe('one target', () => {
  const deaf = except(({ target }) => target === '8.8.8.8', silence, answers(10))

  test('that falls silent never makes the WAN down or degraded', () => {
    const line = upLine()
    line.playing = deaf
    line.run(600_000)
    assert.deepEqual(line.states, ['unknown', 'up'])
  })

  test('that stays silent is set aside: no burst goes out any more', () => {
    const line = upLine()
    line.playing = deaf
    line.run(10_000)
    const beforeMs = line.nowMs
    line.run(60_000)
    // Three icmp and one dns a second, and not one more.
    assert.equal(line.sentSince(beforeMs).length, 240)
  })

  test('that falls silent is asked in one burst a silence, until it is set aside', () => {
    const line = upLine()
    line.playing = deaf
    line.run(10_000)
    const regular = 40
    const bursts = line.sentSince(20_000).length - regular
    assert.ok(bursts <= 60, `${bursts} probes beyond the regular ones`)
  })

  test('that answers every second time only is set aside too', () => {
    const random = loses(0.5, 7, answers(10))
    const limited = except(({ target }) => target === '8.8.8.8', random, answers(10))
    const line = upLine({ playing: limited }).run(120_000)
    const beforeMs = line.nowMs
    line.run(60_000)
    const icmp = line.sentSince(beforeMs).filter((probe) => probe.startsWith('icmp'))
    assert.ok(icmp.length < 200, `${icmp.length} instead of 180`)
    assert.deepEqual(line.states, ['unknown', 'up'])
  })

  test('set aside does not hide the death of the line', () => {
    const line = upLine({ playing: deaf })
    line.playing = silentUpstream
    line.until('down', 2_500)
    assert.match(line.health.reason, /^no reply from/)
  })
})

describe('a method', () => {
  test('DNS that dies while ICMP lives degrades, with that reason, and heals', () => {
    const line = upLine()
    line.playing = except(({ method }) => method === 'dns', silence, answers(10))
    line.until('degraded', 5_000)
    assert.equal(line.health.reason, 'dns gets no reply, though icmp does')
    line.run(60_000)
    line.playing = answers(10)
    line.until('up', 10_000)
    assert.deepEqual(line.states, ['unknown', 'up', 'degraded', 'up'])
  })

  test('that fell silent and speaks a moment while the other dies does not hide the death', () => {
    const line = upLine()
    line.playing = except(({ method }) => method === 'dns', silence, answers(10))
    line.until('degraded', 5_000)
    const icmpDiesMs = line.run(30_000).nowMs
    const last: Playing = (request, nowMs) =>
      nowMs < icmpDiesMs + 1_500 ? answers(10)(request, nowMs) : 'silence'
    line.playing = except(({ method }) => method === 'dns', last, silentUpstream)
    line.until('down', 10_000)
  })

  test('that has just begun to speak again keeps the WAN up when the other one dies', () => {
    // Whichever target is silent as well, and whenever it is its turn.
    for (const target of defaultProbe.targets.ipv4) {
      for (let againMs = 1_100; againMs < 4_000; againMs += 300) {
        const line = upLine()
        line.playing = except(({ method }) => method === 'dns', silence, answers(10))
        line.until('degraded', 5_000).run(30_000)
        line.playing = answers(10)
        line.run(againMs)
        const icmp = (request: ProbeRequest) =>
          request.method === 'icmp' || request.target === target
        line.playing = except(icmp, silence, answers(10))
        line.run(3_000)
        assert.ok(!line.states.includes('down'), `${target} after ${againMs} ms`)
      }
    }
  })

  test('ICMP that dies while DNS lives degrades and is never down', () => {
    const line = upLine()
    line.playing = except(({ method }) => method === 'icmp', silence, answers(10))
    line.run(120_000)
    assert.deepEqual(line.states, ['unknown', 'up', 'degraded'])
    assert.equal(line.health.reason, 'icmp gets no reply, though dns does')
    line.playing = silentUpstream
    line.until('down', 3_500)
  })

  test('IPv6 is judged by its own targets, and by all methods', () => {
    const line = upLine({ family: 'ipv6' })
    assert.match(line.transitions.at(-1)?.reason ?? '', /^2[\da-f:]+ answers$/)
    const asked = new Set(line.sentSince(0))
    assert.deepEqual([...asked].sort(), [
      'dns 2001:4860:4860::8888',
      'dns 2606:4700:4700::1111',
      'icmp 2001:4860:4860::8888',
      'icmp 2606:4700:4700::1111',
    ])
    line.playing = except(({ method }) => method === 'icmp', silence, answers(10))
    line.until('degraded', 5_000)
    assert.equal(line.health.reason, 'icmp over IPv6 gets no reply, though dns over IPv6 does')
    line.playing = silence
    line.until('down', 3_500)
    line.playing = answers(10)
    line.until('up', 10_000)
  })
})

describe('a bad line', () => {
  for (const rttMs of [1_500, 2_500, 4_000]) {
    test(`that takes ${rttMs} ms comes to be usable and stays so, without bursts`, () => {
      const line = new VirtualLine({ playing: answers(rttMs) }).run(60_000)
      assert.equal(line.health.state, 'degraded', JSON.stringify(line.transitions))
      assert.match(line.health.reason, new RegExp(`^takes ${rttMs} ms to answer`))
      const settledMs = line.nowMs
      const before = line.states.length
      line.run(120_000)
      assert.equal(line.states.length, before, JSON.stringify(line.transitions))
      assert.equal(line.sentSince(settledMs).length, 4 * 120)
      assert.equal(line.quality.lossPercent === null || line.quality.lossPercent < 10, true)
    })
  }

  test('with 5 % loss on each of two WANs is never down nor degraded in ten minutes', () => {
    for (const seed of [1, 2, 3, 4]) {
      const line = new VirtualLine({ playing: loses(0.05, seed) }).run(600_000)
      assert.deepEqual(line.states, ['unknown', 'up'], `seed ${seed}`)
    }
  })

  test('that loses more than the limit is degraded, and up again only clearly below it', () => {
    const line = upLine({ playing: loses(0.35, 11) }).until('degraded', 120_000)
    assert.match(line.health.reason, /^loses \d+ % of the probes \(limit 20 %\)$/)
    line.run(120_000)
    assert.deepEqual(line.states, ['unknown', 'up', 'degraded'])
    line.playing = loses(0.18, 12)
    line.run(50_000)
    assert.equal(line.health.state, 'degraded')
    line.playing = answers(20)
    line.until('up', 60_000)
    assert.ok((line.quality.lossPercent ?? 100) <= 16)
  })

  test('that is slow is degraded, and up again only clearly below the limit', () => {
    const line = upLine({ playing: answers(600) }).until('degraded', 20_000)
    assert.equal(line.health.reason, 'takes 600 ms to answer (limit 500 ms)')
    line.playing = answers(450)
    line.run(60_000)
    assert.equal(line.health.state, 'degraded')
    line.playing = answers(390)
    line.until('up', 60_000)
  })

  test('shows its latency, jitter and loss', () => {
    let turn = 0
    const line = upLine({
      playing: (request, nowMs) => {
        turn += 1
        return answers(turn % 2 === 0 ? 20 : 30)(request, nowMs)
      },
    }).run(60_000)
    const { latencyMs, jitterMs, lossPercent } = line.quality
    assert.ok(latencyMs === 20 || latencyMs === 30)
    assert.ok(jitterMs !== null && jitterMs <= 10)
    assert.equal(lossPercent, 0)
  })
})
