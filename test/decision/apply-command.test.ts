import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { applyCommand } from '../../src/decision/apply-command.ts'
import { decide } from '../../src/decision/decide.ts'
import type { Command, Decision } from '../../src/model/decision.ts'
import type { HealthState } from '../../src/model/health.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealths } from '../examples/example-health.ts'
import { examplePolicy, exampleSettings } from '../examples/example-settings.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { tunnelOptions } from '../examples/tunnel-options.ts'

const onPrimary = exampleDecision('primary')
const running = { avoid: 'primary', untilMs: 500_000 }

function told(
  command: Command,
  given: { decision?: Decision; states?: [HealthState, HealthState]; settings?: Settings } = {},
): ReturnType<typeof applyCommand> {
  const { decision = onPrimary, states = ['up', 'up'], settings = exampleSettings() } = given
  const [primary, secondary] = states
  const healths = exampleHealths(['primary', 'secondary'], { primary, secondary })
  return applyCommand(command, decision, { settings, healths, nowMs: 1_000 })
}

const refused = (reason: string) => ({ kind: 'refused', reason })
const done = (decision: Decision) => ({ kind: 'done', decision })

describe('a failover test', () => {
  const start = { kind: 'set_test', on: true } as const

  test('avoids the WAN in use for as long as the options say', () => {
    const expected = { ...onPrimary, test: { avoid: 'primary', untilMs: 601_000 } }
    assert.deepEqual(told(start), done(expected))
  })

  for (const state of ['down', 'unknown', 'disabled'] as const) {
    test(`is refused where the only other WAN is ${state}`, () => {
      const reason = `no other WAN is healthy: secondary is ${state}`
      assert.deepEqual(told(start, { states: ['up', state] }), refused(reason))
    })
  }

  test('is allowed where the other WAN is degraded', () => {
    assert.equal(told(start, { states: ['up', 'degraded'] }).kind, 'done')
  })

  test('is refused where the default policy may use one WAN only', () => {
    const settings = exampleSettings({ defaultPolicy: { use: ['primary'], balance: false } })
    assert.deepEqual(told(start, { settings }), refused('no policy may use any WAN but primary'))
  })

  test('is refused before anything is decided', () => {
    const decision = { ...onPrimary, policies: new Map() }
    assert.deepEqual(told(start, { decision }), refused('no WAN is in use yet'))
  })

  test('avoids the line below where a tunnel is in use, whose connections are to stay', () => {
    const settings = settingsOf(`${tunnelOptions}default_policy: { use: [home_ip] }`)
    const decision = exampleDecision('home_ip')
    const found = told(start, { settings, decision })
    const test = { avoid: 'primary', untilMs: 601_000 }
    assert.deepEqual(found, done({ ...decision, test }))
    const healths = exampleHealths(['primary', 'secondary', 'home_ip'])
    const begun = { ...decision, test }
    const outcome = decide(begun, { settings, healths, nowMs: 2_000, hurry: true })
    assert.deepEqual(outcome.decision.test, test, 'it goes on')
    assert.equal(outcome.decision.policies.get('default')?.ipv4.wan, 'home_ip')
    const alone = told(start, { settings, decision, states: ['up', 'down'] })
    assert.deepEqual(alone, refused('no policy may use any WAN but home_ip'))
  })

  test('that runs is not prolonged by asking again', () => {
    const decision = { ...onPrimary, test: running }
    assert.deepEqual(told(start, { decision }), done(decision))
  })

  test('ends by the switch, by failing back, and by another mode', () => {
    const decision = { ...onPrimary, test: running }
    const off = { kind: 'set_test', on: false } as const
    assert.deepEqual(told(off, { decision }), done(onPrimary))
    assert.deepEqual(told({ kind: 'fail_back' }, { decision }), done(onPrimary))
    const forced = { kind: 'set_mode', mode: 'secondary' } as const
    assert.deepEqual(told(forced, { decision }), done({ ...onPrimary, mode: 'secondary' }))
    const same = { kind: 'set_mode', mode: 'automatic' } as const
    assert.deepEqual(told(same, { decision }), done(decision))
  })
})

test('a mode that does not exist is refused with those that do', () => {
  const reason = 'there is no mode "primry"; the modes are automatic, primary, secondary'
  assert.deepEqual(told({ kind: 'set_mode', mode: 'primry' }), refused(reason))
})

describe('the choice of a WAN for one policy', () => {
  const policies = [examplePolicy('kids', ['secondary']), examplePolicy('tv', [])]
  const settings = exampleSettings({ policies })
  const choose = (policy: string, wan: string) => ({ kind: 'set_policy', policy, wan }) as const

  test('is remembered, and taken back by `automatic`', () => {
    const decision = { ...onPrimary, chosen: new Map([['kids', 'secondary']]) }
    assert.deepEqual(told(choose('kids', 'secondary'), { settings }), done(decision))
    assert.deepEqual(told(choose('kids', 'automatic'), { settings, decision }), done(onPrimary))
  })

  test('is refused for a WAN that the policy may not use, and for a policy that is none', () => {
    const other = 'kids may not use "primary"; it may use automatic, secondary'
    assert.deepEqual(told(choose('kids', 'primary'), { settings }), refused(other))
    assert.equal(told(choose('tv', 'primary'), { settings }).kind, 'refused')
    const none = refused('there is no policy "default"')
    assert.deepEqual(told(choose('default', 'primary'), { settings }), none)
  })
})
