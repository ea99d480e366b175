import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  addSlots,
  columnsOf,
  longestRangeMs,
  maxSlots,
  resolutionFor,
  slotOf,
  tiers,
} from '../../../src/web/history/slots.ts'

const nowMs = Date.UTC(2026, 10, 21, 10)
const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe('the resolution of a chart', () => {
  const cases: readonly [string, number, { tierS: number; resolutionS: number }][] = [
    ['the last hour', hourMs, { tierS: 10, resolutionS: 10 }],
    ['the last four hours', 4 * hourMs, { tierS: 10, resolutionS: 10 }],
    ['the last day', dayMs, { tierS: 60, resolutionS: 60 }],
    ['the last three days', 3 * dayMs, { tierS: 60, resolutionS: 300 }],
    ['the last week', 7 * dayMs, { tierS: 600, resolutionS: 600 }],
    ['the last 30 days', 30 * dayMs, { tierS: 600, resolutionS: 1800 }],
  ]
  for (const [name, lengthMs, expected] of cases) {
    test(`of ${name} is ${expected.resolutionS} s, from slots of ${expected.tierS} s`, () => {
      assert.deepEqual(resolutionFor({ fromMs: nowMs - lengthMs, toMs: nowMs }, nowMs), expected)
    })
  }

  test('of an hour three weeks ago is what is kept for so long', () => {
    const fromMs = nowMs - 21 * dayMs
    assert.deepEqual(resolutionFor({ fromMs, toMs: fromMs + hourMs }, nowMs), {
      tierS: 600,
      resolutionS: 600,
    })
  })

  test('never makes more slots than a chart may have, and is made of whole slots', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: longestRangeMs }),
        fc.integer({ min: 0, max: 40 * dayMs }),
        (lengthMs, agoMs) => {
          const toMs = nowMs - agoMs
          const range = { fromMs: toMs - lengthMs, toMs }
          const { tierS, resolutionS } = resolutionFor(range, nowMs)
          const slot = (ms: number) => Math.floor(ms / 1000 / resolutionS)
          assert.ok(slot(range.toMs) - slot(range.fromMs) + 1 <= maxSlots)
          assert.equal(resolutionS % tierS, 0)
          assert.ok(tiers.some(({ slotS }) => slotS === tierS))
        },
      ),
    )
  })
})

describe('slots', () => {
  const up = slotOf({ state: 'up', latency_ms: 10, loss_percent: 0 })
  const slow = slotOf({ state: 'degraded', latency_ms: 31, loss_percent: 40 })
  const down = slotOf({ state: 'down', latency_ms: null, loss_percent: 100 })

  test('add up to averages of what was measured, the highest latency and the worst state', () => {
    const sum = [up, slow, down].reduce(addSlots)
    assert.deepEqual(columnsOf(new Map([[1200, sum]]), 60), {
      at: [1200],
      latency_ms: [20.5],
      latency_max_ms: [31],
      loss_percent: [46.7],
      state: ['down'],
    })
  })

  test('in which nothing was measured have no figures', () => {
    const columns = columnsOf(new Map([[0, down]]), 10)
    assert.deepEqual([columns.latency_ms, columns.latency_max_ms], [[null], [null]])
  })

  test('are in the order of time, with one empty slot where a gap begins', () => {
    const columns = columnsOf(
      new Map([
        [500, up],
        [0, up],
        [20, up],
      ]),
      10,
    )
    assert.deepEqual(columns.at, [0, 20, 30, 500])
    assert.deepEqual(columns.latency_ms, [10, 10, null, 10])
    assert.deepEqual(columns.state, ['up', 'up', 'unknown', 'up'])
  })
})
