/** Houses in which only turns are played: hours of faults in a second. `npm run simulate` plays others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testSeedOfTurns } from './test-seed-of-turns.ts'
import { simulateTurns, turnPlanOf } from './turn/simulate-turns.ts'

/** They have found something once; those that cover other houses and faults take longer. */
const fixedSeeds = [1, 3, 5]
const hourMs = 3_600_000

for (const seed of fixedSeeds) testSeedOfTurns(seed)

test('the same seed plays the same turns, to the last probe', () => {
  const plan = turnPlanOf(9, hourMs)
  assert.deepEqual(simulateTurns(plan), simulateTurns(plan))
})

test('a daemon that takes too long to judge is found out', () => {
  const plan = turnPlanOf(2, hourMs)
  const { settings } = plan.topology
  const slow = { ...settings, probe: { ...settings.probe, timeoutMs: 40_000 } }
  const { violation } = simulateTurns({ ...plan, topology: { ...plan.topology, settings: slow } })
  assert.match(violation ?? '', /liveness|health/)
})
