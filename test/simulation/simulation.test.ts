/** Twenty virtual minutes of random faults a seed; `npm run simulate` plays others, and one again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf, simulate } from './simulate.ts'
import { testSeeds } from './test-seeds.ts'

/** Each of them has found something once, or covers a house and a fault that others don't. */
const fixedSeeds = [2, 131]

testSeeds(fixedSeeds)

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
