import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateTurns, turnPlanOf } from './turn/simulate-turns.ts'

const hours = 5
const hourMs = 3_600_000

export function testSeedOfTurns(seed: number): void {
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
