import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestWaitMs } from './address-watch.ts'

const cases = [
  { asked: [0, 20, 40], answered: [1, 21, 41], expected: 1 },
  { asked: [0, 20, 40, 60], answered: [1, 63], expected: 43 },
  { asked: [0, 20], answered: [1], expected: 80 },
  { asked: [0, 90], answered: [91, 2], expected: 2 },
]

for (const { asked, answered, expected } of cases) {
  test(`questions at ${asked} with answers at ${answered} wait for ${expected} ms`, () => {
    assert.equal(longestWaitMs(asked, { answered, toMs: 100 }), expected)
  })
}
