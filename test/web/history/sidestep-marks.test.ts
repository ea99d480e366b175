import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { marksOf, SidestepCounter, withSidesteps } from '../../../src/web/history/sidestep-marks.ts'

describe('the marks of sidesteps', () => {
  test('say what came since the last snapshot; what was before the first one has no time', () => {
    const counter = new SidestepCounter()
    assert.deepEqual(
      [4, 4, 5, 8].map((sidesteps) => counter.more(sidesteps)),
      [0, 0, 1, 3],
    )
  })

  test('are kept by slots of ten seconds', () => {
    const none = new Map()
    assert.equal(withSidesteps(none, 1_000, 0), none)
    const first = withSidesteps(none, 12_345, 1)
    const second = withSidesteps(withSidesteps(first, 19_999, 2), 20_000, 1)
    assert.deepEqual(
      [...second],
      [
        [10, 3],
        [20, 1],
      ],
    )
  })

  test('add up to the slots of a chart, in their order', () => {
    const slots = [
      [120, 1],
      [10, 2],
      [50, 3],
      [300, 9],
    ] as const
    assert.deepEqual(marksOf(slots, { fromS: 10, toS: 200, resolutionS: 60 }), [
      { at: 0, count: 5 },
      { at: 120, count: 1 },
    ])
  })
})
