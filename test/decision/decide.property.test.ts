import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide, type Situation, undecided } from '../../src/decision/decide.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState, WanHealth } from '../../src/model/health.ts'
import { everyPolicy } from '../../src/model/settings/every-policy.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleHealth } from '../examples/example-health.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../examples/example-settings.ts'

const names = ['primary', 'secondary', 'third', 'wan3']
const states: readonly HealthState[] = ['unknown', 'up', 'degraded', 'down', 'disabled']

const healths = fc
  .array(fc.tuple(fc.constantFrom(...states), fc.nat(60_000)), { minLength: 4, maxLength: 4 })
  .map((list) => new Map(list.map(([state, sinceMs], i) => [names[i] ?? '', { state, sinceMs }])))
  .map(
    (map): ReadonlyMap<string, WanHealth> =>
      new Map(
        [...map].map(([name, { state, sinceMs }]) => [name, exampleHealth(state, { sinceMs })]),
      ),
  )
const use = fc
  .subarray(names)
  .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }))
const settings = fc.tuple(use, use, use).map(([one, two, byDefault]) =>
  exampleSettings({
    wans: names.map((name, index) => exampleWan(index, { name })),
    policies: [examplePolicy('one', one), examplePolicy('two', two)],
    defaultPolicy: { use: byDefault, balance: false },
  }),
)
const modes = fc.constantFrom('automatic', ...names)
const failoverTest = fc.option(
  fc.record({ avoid: fc.constantFrom(...names), untilMs: fc.nat(120_000) }),
)
const steps = fc.array(fc.record({ healths, hurry: fc.boolean(), afterMs: fc.nat(40_000) }), {
  minLength: 1,
  maxLength: 8,
})

/** Calls `check` for every step of every run: the decision before it, its inputs, its outcome. */
function forEveryStep(
  check: (before: Decision, situation: Situation, after: ReturnType<typeof decide>) => void,
): void {
  const run = fc.property(settings, modes, failoverTest, steps, (options, mode, start, list) => {
    let decision: Decision = { ...undecided, mode, test: start }
    let nowMs = 0
    for (const step of list) {
      nowMs += step.afterMs
      const { healths: each, hurry } = step
      const situation = { settings: options, healths: bothFamilies(each), nowMs, hurry }
      const outcome = decide(decision, situation)
      check(decision, situation, outcome)
      decision = outcome.decision
    }
  })
  fc.assert(run, { numRuns: 400 })
}

const healthy = (health: WanHealth | undefined) =>
  health?.state === 'up' || health?.state === 'degraded'

test('no policy ever gets a WAN that it may not use', () => {
  forEveryStep((_, situation, { decision }) => {
    for (const policy of everyPolicy(situation.settings)) {
      const wan = decision.policies.get(policy.name)?.ipv4.wan ?? null
      if (policy.use.length === 0) assert.equal(wan, null)
      else assert.ok(wan !== null && policy.use.includes(wan))
    }
  })
})

test('asked twice in the same moment it changes nothing the second time', () => {
  forEveryStep((_, situation, { decision }) => {
    const again = decide(decision, situation)
    assert.deepEqual(again.moves, [])
    assert.deepEqual(again.decision.test, decision.test)
    const later = decide(again.decision, { ...situation, hurry: false })
    assert.deepEqual(later.moves, [])
  })
})

test('nobody moves to a WAN that is not healthy while a healthy one may be used', () => {
  forEveryStep((before, situation, { moves }) => {
    for (const { policy, from, to } of moves) {
      if (to === null || healthy(situation.healths.ipv4.get(to))) continue
      const use = everyPolicy(situation.settings).find(({ name }) => name === policy)?.use ?? []
      // At the very first decision the preferred WAN is trusted before it is judged.
      const first = before.policies.get(policy)?.ipv4.wan ?? null
      const trusted = first === null && situation.healths.ipv4.get(to)?.state === 'unknown'
      assert.ok(
        trusted || use.every((wan) => !healthy(situation.healths.ipv4.get(wan))),
        `${from} → ${to}`,
      )
    }
  })
})

test('nobody moves at all where none of its WANs is healthy', () => {
  forEveryStep((before, situation, { moves }) => {
    for (const { policy, from } of moves) {
      const use = everyPolicy(situation.settings).find(({ name }) => name === policy)?.use ?? []
      if (use.some((wan) => healthy(situation.healths.ipv4.get(wan)))) continue
      assert.equal(before.policies.get(policy)?.ipv4.wan ?? null, null, `left ${from}`)
    }
  })
})

test('every move and every policy has a reason, and a wake-up lies ahead', () => {
  forEveryStep((_, situation, { decision, moves, wakeAtMs }) => {
    const policies = [...decision.policies.values()].flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6])
    for (const { reason } of [...moves, ...policies]) assert.notEqual(reason, '')
    assert.ok(wakeAtMs > situation.nowMs)
  })
})

test('a WAN in use that stays up is left only for one that comes before it, or by hand', () => {
  forEveryStep((before, situation, { moves, decision }) => {
    if (before.mode !== 'automatic' || before.test !== null || decision.test !== null) return
    for (const { policy, from, to } of moves) {
      if (from === null || to === null || situation.healths.ipv4.get(from)?.state !== 'up') continue
      const use = everyPolicy(situation.settings).find(({ name }) => name === policy)?.use ?? []
      assert.ok(use.indexOf(to) < use.indexOf(from), `${from} → ${to}`)
    }
  })
})
