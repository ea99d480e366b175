import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from '../../../../src/web/ui/live/pace.ts'

test('a question is due at once, then after its time, and sooner where there is news', () => {
  const pace = new Pace()
  const due = (nowMs: number) => pace.isDue(nowMs, 1_000)
  assert.deepEqual(
    [due(0), due(0), due(999), due(1_000), due(1_500)],
    [true, false, false, true, false],
  )
  pace.hurry()
  assert.deepEqual([due(1_500), due(2_499), due(2_500)], [true, false, true])
})
