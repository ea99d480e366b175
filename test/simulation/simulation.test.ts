/** Twenty virtual minutes of random faults a seed; `npm run simulate` plays others, and one again. */
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { after, describe, test } from 'node:test'
import { SeedPlayer } from './play/seed-player.ts'
import { planOf, simulate } from './simulate.ts'

/**
 * Each of them has found something once, or covers a house and a fault that others don't. 8 takes
 * longest by far: so it doesn't wait for others.
 */
const fixedSeeds = [
  8, 2, 19, 100, 125, 131, 149, 3001, 5019, 7005, 7127, 545892514, 377266095, 20001,
]

describe('with random faults', { concurrency: availableParallelism() }, () => {
  const idle: SeedPlayer[] = []
  after(() => Promise.all(idle.map((player) => player[Symbol.asyncDispose]())))

  for (const seed of fixedSeeds) {
    test(`seed ${seed} keeps every invariant`, async () => {
      const player = idle.pop() ?? new SeedPlayer()
      const played = await player.play({ kind: 'whole', seed, lengthMs: 20 * 60_000 })
      idle.push(player)
      assert.equal(played.failure, null, played.failure ?? '')
      assert.ok(played.steps > 0)
    })
  }
})

test('the same seed gives the same run, to the last packet', async () => {
  const plan = planOf(7, 5 * 60_000)
  assert.deepEqual(await simulate(plan), await simulate(plan))
})

test('a run has probes, moves and an end', async () => {
  const outcome = await simulate(planOf(2))
  assert.ok(outcome.probes > 5_000, `${outcome.probes} probes`)
  assert.ok(outcome.moves > 3, `${outcome.moves} moves`)
  assert.ok(outcome.steps > outcome.probes, `${outcome.steps} steps`)
  assert.ok(outcome.endedAtMs >= 20 * 60_000)
})
