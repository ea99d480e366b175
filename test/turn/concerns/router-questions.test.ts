import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Router } from '../../../src/model/host.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { RouterQuestions } from '../../../src/turn/concerns/router-questions.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const router = (last: number): Router => ({
  ...{ link: 'eth0', address: `fe80::${last}`, mac: null, offersDefault: true },
  prefixes: [`2001:db8:${last}::/64`],
})

function asking(gateways: readonly [string, string]) {
  const wans = gateways.map((gateway6, i) => exampleWan(i, { gateway6 }))
  const settings = exampleSettings({ wans })
  const log = new RecordedLog()
  const concern = new RouterQuestions(settings, log)
  const addresses = ['192.168.0.3/24', '2001:db8:1::3/64', '2001:db8:2::3/64', 'fe80::3/64']
  const turn = (nowMs: number, routers: readonly Router[] = []) => {
    const host = exampleHost([{ name: 'eth0', addresses }], [], { routers })
    const uplinks = resolveUplinks(wans, host)
    return concern.afterwards(exampleDecided({ nowMs, host, uplinks }))
  }
  return { turn, concern, log }
}

const question = [{ kind: 'ask_routers', link: 'eth0' }]

test('routers are asked at once, then every four seconds, then once a minute', () => {
  const { turn, concern } = asking(['fe80::1', 'fe80::2'])
  const asked: number[] = []
  for (let nowMs = 0; nowMs <= 200_000; nowMs = concern.wakeAtMs()) {
    if (turn(nowMs).length > 0) asked.push(nowMs)
  }
  assert.deepEqual(asked, [0, 4_000, 8_000, 12_000, 72_000, 132_000, 192_000])
})

test('who has told everything is asked no more', () => {
  const { turn, concern } = asking(['fe80::1', 'fe80::2'])
  const both = [router(1), router(2)]
  assert.deepEqual(turn(0, both), question, 'once, for what is known may be old')
  assert.deepEqual(turn(4_000, both), [])
  assert.equal(concern.wakeAtMs(), Number.POSITIVE_INFINITY)
  assert.deepEqual(turn(8_000, [router(1)]), question)
})

test('that nobody tells is told after three questions, once, and taken back', () => {
  const { turn, concern, log } = asking(['fe80::1', 'fe80::2'])
  for (let nowMs = 0; nowMs <= 8_000; nowMs = concern.wakeAtMs()) turn(nowMs, [router(1)])
  assert.deepEqual(concern.advice(), [])
  for (let nowMs = 12_000; nowMs <= 200_000; nowMs = concern.wakeAtMs()) turn(nowMs, [router(1)])
  assert.match(concern.advice().join('\n'), /^nobody tells [^\n]*fe80::2 \(secondary\) on eth0/)
  assert.equal(log.lines.length, 1)
  turn(300_000, [router(1), router(2)])
  assert.deepEqual(concern.advice(), [])
})

test('where no WAN of the link has IPv6 nobody is asked', () => {
  const { turn, concern } = asking(['none', 'none'])
  assert.deepEqual(turn(0), [])
  assert.equal(concern.wakeAtMs(), Number.POSITIVE_INFINITY)
})
