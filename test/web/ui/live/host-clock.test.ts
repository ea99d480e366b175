import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostClock } from '../../../../src/web/ui/live/host-clock.ts'
import { noonMs } from '../texts/voices.ts'

test('the host’s time counts, however wrong the browser’s clock is', () => {
  const clock = new HostClock(noonMs - 3_600_000, 500)
  assert.equal(clock.nowMs(1_500), noonMs - 3_599_000)
  clock.hear('2026-11-21T12:00:00.000Z', 2_000)
  assert.equal(clock.nowMs(5_000), noonMs + 3_000)
  clock.hear('nonsense', 9_000)
  assert.equal(clock.nowMs(5_000), noonMs + 3_000)
})

test('an old snapshot does not set the clock back, but a host may', () => {
  const clock = new HostClock(0, 0)
  clock.hear('2026-11-21T12:00:00.000Z', 1_000)
  clock.hear('2026-11-21T12:00:00.000Z', 9_000)
  assert.equal(clock.nowMs(9_000), noonMs + 8_000)
  clock.hear('2026-11-21T11:00:00.000Z', 10_000)
  assert.equal(clock.nowMs(10_000), noonMs - 3_600_000)
})
