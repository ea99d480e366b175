/** Houses in which only turns are played: hours of faults in a second. `npm run simulate` plays others. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateTurns, turnPlanOf } from './turn/simulate-turns.ts'

/** 1, 3 and 5 have found something once; the others cover houses and faults. */
const fixedSeeds = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12]
const hours = 5
const hourMs = 3_600_000

for (const seed of fixedSeeds) {
  test(`seed ${seed} decides rightly for ${hours} hours`, (t) => {
    const beganMs = performance.now()
    const plan = turnPlanOf(seed, hours * hourMs)
    const { violation, endedAtMs, trace, turns, moves, sidesteps } = simulateTurns(plan)
    const again = `npm run simulate -- --turns --seed ${seed} --hours ${hours}`
    assert.equal(violation, null, [violation, again, ...trace.slice(-40)].join('\n'))
    assert.ok(endedAtMs >= hours * hourMs && turns > hours * 10_000 && moves > hours)
    assert.ok(sidesteps > hours, `${sidesteps} sidesteps`)
    const perSecond = endedAtMs / hourMs / ((performance.now() - beganMs) / 1_000)
    t.diagnostic(
      `${perSecond.toFixed(1)} simulated hours a second, ${turns} turns, ${moves} moves, ${sidesteps} sidesteps`,
    )
  })
}

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
