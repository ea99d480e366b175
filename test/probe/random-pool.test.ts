import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RandomPool } from '../../src/probe/random-pool.ts'

test('the pool gives as many bytes as it is asked for, and none twice', () => {
  const pool = new RandomPool()
  const taken = new Set<string>()
  for (let i = 0; i < 2_000; i++) {
    const bytes = pool.take(16)
    assert.equal(bytes.length, 16)
    taken.add(bytes.toString('hex'))
  }
  assert.equal(taken.size, 2_000)
})
