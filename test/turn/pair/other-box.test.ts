import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OtherBox } from '../../../src/turn/pair/other-box.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const wallAtStartMs = Date.parse('2026-11-21T10:00:00.000Z')

/** This box, and what it hears of the other one. */
class Beside {
  readonly log = new RecordedLog()
  readonly other: OtherBox

  constructor(options: Readonly<Record<string, string>> = { nat: 'auto' }) {
    this.other = new OtherBox({ version: '1.2.0', options }, this.log)
  }

  hears(
    options: Readonly<Record<string, string>>,
    about: { nowMs: number; version?: string; aheadMs?: number; isLive?: boolean },
  ): void {
    const { nowMs, version = '1.2.0', aheadMs = 0, isLive = true } = about
    const now = { nowMs, wallMs: wallAtStartMs + nowMs }
    const at = new Date(now.wallMs + aheadMs).toISOString()
    const card = { role: 'second' as const, version, at, options }
    this.other.take({ kind: 'other_box', card, isLive }, now)
    this.other.look(now)
  }

  look(nowMs: number): void {
    this.other.look({ nowMs, wallMs: wallAtStartMs + nowMs })
  }
}

test('nothing is said of a box that is the same', () => {
  const all = new Beside()
  assert.equal(all.other.snapshot(), null)
  all.hears({ nat: 'auto' }, { nowMs: 1_000 })
  all.look(100_000)
  assert.deepEqual(all.other.snapshot(), {
    version: '1.2.0',
    at: '2026-11-21T10:00:01.000Z',
    seen: '2026-11-21T10:00:01.000Z',
    clock_s: 0,
    differences: [],
    more: 0,
  })
  assert.deepEqual([...all.other.problems(), ...all.other.advice(), ...all.log.lines], [])
})

test('what differs is shown at once, and a problem after a minute', () => {
  const all = new Beside()
  all.hears({ nat: 'never' }, { nowMs: 0 })
  const differences = [{ option: 'nat', here: 'auto', there: 'never' }]
  assert.deepEqual(all.other.snapshot()?.differences, differences)
  all.hears({ nat: 'always' }, { nowMs: 59_000 })
  assert.deepEqual(all.other.problems(), [])
  all.look(60_000)
  const problem = 'the other box has other options: nat (here auto, there always)'
  assert.deepEqual(all.other.problems(), [problem])
  all.hears({ nat: 'auto' }, { nowMs: 61_000 })
  assert.deepEqual(all.other.problems(), [])
  assert.deepEqual(all.log.lines, [`warn: the pair: ${problem}`])
})

test('a difference that comes again waits for a minute of its own', () => {
  const all = new Beside()
  all.hears({ nat: 'never' }, { nowMs: 0 })
  all.hears({ nat: 'auto' }, { nowMs: 30_000 })
  all.hears({ nat: 'never' }, { nowMs: 40_000 })
  all.look(99_000)
  assert.deepEqual(all.other.problems(), [])
  all.look(100_000)
  assert.equal(all.other.problems().length, 1)
})

test('of many differences three are named, and twenty shown', () => {
  const names = Array.from({ length: 30 }, (_, index) => `option${index}`)
  const all = new Beside(Object.fromEntries(names.map((name) => [name, 'a'])))
  all.hears({}, { nowMs: 0 })
  all.look(60_000)
  const [problem = ''] = all.other.problems()
  assert.match(problem, /: option0 \(here a, there nothing\), .*option2 \(.*\), and 27 more$/)
  assert.deepEqual([all.other.snapshot()?.differences.length, all.other.snapshot()?.more], [20, 10])
})

test('another version is a hint and no problem', () => {
  const all = new Beside()
  all.hears({ nat: 'auto' }, { nowMs: 0, version: '1.3.0' })
  all.look(100_000)
  assert.deepEqual(all.other.problems(), [])
  const hint = 'the other box has version 1.3.0, this one 1.2.0: update both'
  assert.deepEqual(all.other.advice(), [hint])
  assert.deepEqual(all.log.lines, [`info: the pair: ${hint}`])
})

for (const [aheadMs, hint] of [
  [4_000, null],
  [5_000, "the other box's clock is 5 s ahead of this one's: set both by NTP"],
  [-90_000, "the other box's clock is 90 s behind this one's: set both by NTP"],
] as const) {
  test(`a clock that is ${aheadMs} ms ahead is ${hint === null ? 'fine' : 'a hint'}`, () => {
    const all = new Beside()
    all.hears({ nat: 'auto' }, { nowMs: 0, aheadMs })
    assert.deepEqual(all.other.advice(), hint === null ? [] : [hint])
    assert.deepEqual(all.other.problems(), [])
  })
}

test('a card that the broker has kept says nothing of the clock', () => {
  const all = new Beside()
  all.hears({ nat: 'never' }, { nowMs: 0, aheadMs: -170_000, isLive: false })
  assert.equal(all.other.snapshot()?.clock_s, null)
  assert.equal(all.other.snapshot()?.differences.length, 1)
  assert.deepEqual(all.other.advice(), [])
})

test('a box that says nothing for two and a half minutes is not shown any more', () => {
  const all = new Beside()
  all.hears({ nat: 'never' }, { nowMs: 0 })
  all.look(149_000)
  assert.notEqual(all.other.snapshot(), null)
  assert.equal(all.other.problems().length, 1)
  all.look(150_000)
  assert.equal(all.other.snapshot(), null)
  assert.deepEqual(all.other.problems(), [])
})

test('a card that is taken away is forgotten at once', () => {
  const all = new Beside()
  all.hears({ nat: 'never' }, { nowMs: 0, version: '1.3.0' })
  all.look(70_000)
  all.other.take({ kind: 'other_box', card: null, isLive: true }, { nowMs: 70_001, wallMs: 0 })
  all.look(70_001)
  assert.equal(all.other.snapshot(), null)
  assert.deepEqual([...all.other.problems(), ...all.other.advice()], [])
})
