import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floorRise, trendOf } from './trend.ts'

/** One a minute. */
function hour(valueAt: (minute: number) => number) {
  return Array.from({ length: 61 }, (_, minute) => ({
    atMs: 5_000 + minute * 60_000,
    value: valueAt(minute),
  }))
}

test('a flat line has no trend, however it swings', () => {
  const trend = trendOf(hour((minute) => 100 + (minute % 2)))
  assert.equal(trend?.first, trend?.last)
  assert.ok(Math.abs(trend?.perHour ?? Infinity) < 0.01)
})

test('what creeps is told by its quarters and by its slope', () => {
  const trend = trendOf(hour((minute) => 100 + minute / 6))
  assert.ok(Math.abs((trend?.perHour ?? 0) - 10) < 0.001)
  assert.ok(Math.abs((trend?.last ?? 0) - (trend?.first ?? 0) - 7.5) < 0.001)
})

test('one step up is seen though it rises no more', () => {
  const trend = trendOf(hour((minute) => (minute < 30 ? 100 : 110)))
  assert.equal((trend?.last ?? 0) - (trend?.first ?? 0), 10)
})

test('nothing, and a single sample, have no trend', () => {
  assert.equal(trendOf([]), null)
  assert.equal(trendOf([{ atMs: 1, value: 1 }]), null)
})

test('a count that swings has risen only where its least is more', () => {
  assert.equal(floorRise(hour((minute) => 40 + (minute % 7) * 5)), 0)
  assert.equal(floorRise(hour((minute) => 40 + (minute % 7) * 5 + Math.floor(minute / 20))), 2)
  assert.equal(floorRise(hour((minute) => (minute === 50 ? 400 : 40))), 0)
})

test('a single sample has not risen, nor has none', () => {
  assert.equal(floorRise([]), null)
  assert.equal(floorRise([{ atMs: 1, value: 1 }]), null)
})
