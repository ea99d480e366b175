import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WanNumber } from '../../network/plan.ts'
import { movesAway } from './moves.ts'

function samplesOf(...ways: readonly (WanNumber | null)[]) {
  return ways.map((wan, number) => {
    const answer = wan === null ? null : { atMs: number, wan, address: '' }
    return { number, sentMs: number, answer }
  })
}

test('a move is a packet by the second WAN after one by the first', () => {
  assert.equal(movesAway(samplesOf(1, 1, 2, 2, 1, 2)), 2)
})

test('lost packets neither are a move nor hide one', () => {
  assert.equal(movesAway(samplesOf(1, null, 1)), 0)
  assert.equal(movesAway(samplesOf(1, null, null, 2)), 1)
})

test('who begins on the second WAN has not left the first', () => {
  assert.equal(movesAway(samplesOf(2, 2, 1)), 0)
})
