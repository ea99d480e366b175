import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summarize } from './statistics.ts'

test('no samples give no figures', () => {
  assert.equal(summarize([]), null)
})

test('one sample is its own median, 95th percentile and worst', () => {
  assert.deepEqual(summarize([7]), { count: 1, median: 7, p95: 7, worst: 7 })
})

test('the order of the samples does not matter, and stays as it was', () => {
  const samples = [100, 9, 30, 2, 1]
  assert.deepEqual(summarize(samples), { count: 5, median: 9, p95: 100, worst: 100 })
  assert.deepEqual(samples, [100, 9, 30, 2, 1])
})

test('the median of an even number of samples lies between the two in the middle', () => {
  assert.equal(summarize([1, 2, 4, 100])?.median, 3)
})

test('of 20 samples the 95th percentile is the nineteenth, of 19 it is the worst', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1)
  assert.equal(summarize(numbers)?.p95, 19)
  assert.equal(summarize(numbers.slice(0, 19))?.p95, 19)
})

test('zeros are samples too', () => {
  assert.deepEqual(summarize([0, 0, 0]), { count: 3, median: 0, p95: 0, worst: 0 })
})
