import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ForgedAnswers } from '../../../src/model/probe.ts'
import { Forgeries } from '../../../src/turn/concerns/forgeries.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleSettings } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const minuteMs = 60_000

/** Two WANs, and what is heard of forged answers. */
class Surroundings {
  readonly log = new RecordedLog()
  readonly concern = new Forgeries(exampleSettings(), this.log)

  hears(forged: Partial<ForgedAnswers>, nowMs: number): boolean {
    const seen = exampleDecided({ nowMs })
    const usual = { wan: 0, by: 'dns', count: 1, target: '1.1.1.1' } as const
    return this.concern.take({ kind: 'forged_answers', forged: { ...usual, ...forged } }, seen)
  }

  turn(nowMs: number): void {
    this.concern.afterwards(exampleDecided({ nowMs }))
  }
}

test('a flood is named once, as a problem and in the log, with whose probes it is for', () => {
  const all = new Surroundings()
  const { log, concern } = all
  assert.equal(all.hears({ count: 59 }, 0), false)
  assert.deepEqual(concern.problems(), [])
  assert.equal(all.hears({ count: 42_123 }, 1_000), true)
  for (let s = 2; s < 200; s++) assert.equal(all.hears({ count: 70_000 }, s * 1_000), false)
  const named =
    "somebody on the LAN forges answers to primary's probes (about 42,000 within a minute: DNS " +
    "answers in the name of 1.1.1.1); they don't count, but the machine that sends them should " +
    'be found'
  assert.deepEqual(concern.problems(), [named])
  assert.deepEqual(log.lines, [`warn: ${named}`])
})

const cases: readonly [string, Partial<ForgedAnswers>, number, boolean][] = [
  ['sixty DNS answers', { by: 'dns', count: 10 }, 6, true],
  ['a few DNS answers', { by: 'dns', count: 10 }, 5, false],
  ["another program's pings", { by: 'icmp', count: 256 }, 5, false],
  ['a flood of pings', { by: 'icmp', count: 256 }, 6, true],
]
for (const [what, forged, times, isNamed] of cases) {
  test(`${what} within a minute ${isNamed ? 'are named' : 'are nothing to speak of'}`, () => {
    const all = new Surroundings()
    const { concern } = all
    for (let i = 0; i < times; i++) all.hears(forged, i * 1_000)
    assert.equal(concern.problems().length, isNamed ? 1 : 0)
  })
}

test('what comes slowly never adds up', () => {
  const all = new Surroundings()
  const { concern } = all
  for (let minute = 0; minute < 30; minute++) all.hears({ count: 59 }, minute * minuteMs)
  assert.deepEqual(concern.problems(), [])
})

test('each WAN has its own, and it ends after five minutes without', () => {
  const all = new Surroundings()
  const { log, concern } = all
  all.hears({ count: 100 }, 0)
  all.hears({ count: 100, wan: 1 }, minuteMs)
  assert.deepEqual(
    concern.problems().map((text) => /answers to (\w+)'s/.exec(text)?.[1]),
    ['primary', 'secondary'],
  )
  assert.equal(concern.wakeAtMs(), 5 * minuteMs)
  all.turn(5 * minuteMs - 1)
  assert.equal(concern.problems().length, 2)
  all.turn(5 * minuteMs)
  assert.equal(concern.problems().length, 1)
  assert.equal(concern.wakeAtMs(), 6 * minuteMs)
  all.turn(6 * minuteMs)
  assert.equal(concern.wakeAtMs(), Number.POSITIVE_INFINITY)
  assert.deepEqual(log.lines.slice(2), [
    'info: nobody has forged answers to the probes of primary for 5 minutes; there were about 100',
    'info: nobody has forged answers to the probes of secondary for 5 minutes; there were about 100',
  ])
})
