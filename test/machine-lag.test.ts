import assert from 'node:assert/strict'
import { test } from 'node:test'
import { monotonicMs } from './lab/measure/monotonic.ts'
import { MachineLag } from './machine-lag.ts'

test('what a process is kept from doing is allowed for, where it was and nowhere else', () => {
  const lag = new MachineLag()
  const fromMs = monotonicMs()
  while (monotonicMs() - fromMs < 100) Math.sqrt(2)
  const toMs = monotonicMs()
  assert.ok(lag.allowanceMs(fromMs, toMs) >= 4 * (toMs - fromMs - 13))
  assert.equal(lag.allowanceMs(fromMs - 200, fromMs - 100), 0)
})
