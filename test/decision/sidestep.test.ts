import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type SidestepQuestion, sidestep } from '../../src/decision/sidestep.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState } from '../../src/model/health.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth } from '../examples/example-health.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../examples/example-settings.ts'

const all = ['primary', 'secondary', 'third']

interface Given extends Partial<SidestepQuestion> {
  /** `up?`: it is up, and has fallen silent. */
  readonly states: readonly [State, State, State]
  readonly options?: Partial<Settings>
}

type State = HealthState | 'up?' | 'degraded?'

function ask({ states, options = {}, ...changes }: Given) {
  const healths = new Map(
    all.map((wan, i) => {
      const [state = '', silent] = (states[i] ?? 'up').split(/(\?)/)
      const suspectSinceMs = silent === undefined ? null : 5
      return [wan, exampleHealth(state as HealthState, { suspectSinceMs })] as const
    }),
  )
  const wans = [exampleWan(0), exampleWan(1), exampleWan(2)]
  return sidestep({
    settings: exampleSettings({ wans, ...options }),
    decision: exampleDecision('primary'),
    healths: bothFamilies(healths),
    ways: bothFamilies(new Set(all)),
    before: null,
    ...changes,
  })
}

function wanOf({ policies }: Decision, name = 'default'): string | null | undefined {
  return policies.get(name)?.ipv4.wan
}

const secondaryIsMetered = {
  wans: [exampleWan(0), exampleWan(1, { metered: true }), exampleWan(2)],
}
const use = { defaultPolicy: { use: ['primary', 'secondary'], balance: false } }
const aTest = { avoid: 'secondary', untilMs: 10 }

const rows: readonly (readonly [name: string, given: Given, wan: string])[] = [
  ['goes nowhere without a suspicion', { states: ['up', 'up', 'up'] }, 'primary'],
  ['takes the next healthy WAN', { states: ['up?', 'up', 'up'] }, 'secondary'],
  ['passes over one that is silent too', { states: ['up?', 'up?', 'up'] }, 'third'],
  ['passes over one that is down', { states: ['up?', 'down', 'up'] }, 'third'],
  ['passes over one that nobody has judged', { states: ['up?', 'unknown', 'up'] }, 'third'],
  ['prefers one that is up to a degraded one', { states: ['up?', 'degraded', 'up'] }, 'third'],
  [
    'takes a degraded one where there is no better',
    { states: ['up?', 'degraded', 'down'] },
    'secondary',
  ],
  ['leaves a degraded WAN too', { states: ['degraded?', 'up', 'up'] }, 'secondary'],
  ['stays where nobody else is healthy', { states: ['up?', 'down', 'unknown'] }, 'primary'],
  ['stays where all are silent', { states: ['up?', 'up?', 'up?'] }, 'primary'],
  ['stays on a WAN that is down: that is no doubt', { states: ['down', 'up', 'up'] }, 'primary'],
  [
    'never leaves the list of its policy',
    { states: ['up?', 'down', 'up'], options: use },
    'primary',
  ],
  [
    'passes over a metered WAN',
    { states: ['up?', 'up', 'up'], options: secondaryIsMetered },
    'third',
  ],
  [
    'takes a metered WAN with always',
    { states: ['up?', 'up', 'up'], options: { ...secondaryIsMetered, sidestep: 'always' } },
    'secondary',
  ],
  [
    'passes over a WAN whose cap is reached',
    { states: ['up?', 'up', 'up'], capped: new Set(['secondary']) },
    'third',
  ],
  [
    'passes over a WAN without a way out',
    { states: ['up?', 'up', 'up'], ways: bothFamilies(new Set(['primary', 'third'])) },
    'third',
  ],
  [
    'passes over the WAN that a test avoids',
    { states: ['up?', 'up', 'up'], decision: exampleDecision('primary', { test: aTest }) },
    'third',
  ],
  [
    'leaves a WAN that was chosen by hand',
    { states: ['up', 'up?', 'up'], decision: exampleDecision('secondary', { mode: 'secondary' }) },
    'primary',
  ],
  [
    'stays on the WAN that it has taken, though a better one is back',
    { states: ['up?', 'up', 'up'], before: exampleDecision('third') },
    'third',
  ],
  [
    'stays on the WAN that it has taken, though that falls silent too',
    { states: ['up?', 'up?', 'down'], before: exampleDecision('secondary') },
    'secondary',
  ],
  [
    'goes on to one that speaks when the one it has taken falls silent',
    { states: ['up?', 'up?', 'up'], before: exampleDecision('secondary') },
    'third',
  ],
  [
    'goes back from a WAN that died',
    { states: ['up?', 'down', 'down'], before: exampleDecision('secondary') },
    'primary',
  ],
  [
    'bears a WAN that stutters',
    { states: ['up?', 'up', 'up'], patient: new Set(['primary']) },
    'primary',
  ],
]

describe('a sidestep', () => {
  for (const [name, given, wan] of rows) {
    test(name, () => assert.equal(wanOf(ask(given).routed), wan))
  }

  test('changes nothing of what is decided, and is the same decision where nobody avoids', () => {
    const decision = exampleDecision('primary', { mode: 'primary' })
    assert.equal(ask({ states: ['up', 'up?', 'up'], decision }).routed, decision)
    const { routed } = ask({ states: ['up?', 'up', 'up'], decision })
    assert.deepEqual({ ...routed, policies: null }, { ...decision, policies: null })
    assert.equal(
      routed.policies.get('default')?.ipv4.reason,
      'new connections avoid primary, which has fallen silent',
    )
  })

  test('is of one family alone where only that is silent', () => {
    const healths = new Map(all.map((wan) => [wan, exampleHealth('up')]))
    const silent = new Map(healths).set('primary', exampleHealth('up', { suspectSinceMs: 5 }))
    const { routed, detours } = ask({
      states: ['up', 'up', 'up'],
      healths: { ipv4: healths, ipv6: silent },
    })
    assert.equal(routed.policies.get('default')?.ipv4.wan, 'primary')
    assert.equal(routed.policies.get('default')?.ipv6.wan, 'secondary')
    const detour = { policy: 'default', avoids: 'primary', takes: 'secondary' }
    assert.deepEqual(detours, [{ ...detour, family: 'ipv6' }])
  })

  test('leaves a policy alone that may use no other WAN', () => {
    const policies = [examplePolicy('work', ['primary'])]
    const decision = exampleDecision({ work: 'primary', default: 'primary' })
    const { routed } = ask({ states: ['up?', 'up', 'up'], decision, options: { policies } })
    assert.equal(wanOf(routed, 'work'), 'primary')
    assert.equal(wanOf(routed), 'secondary')
  })

  test('leads the devices under test elsewhere too, never to the WAN that the test avoids', () => {
    const test = { avoid: 'primary', untilMs: 10 }
    const tested = exampleDecision('secondary').policies
    const decision = exampleDecision('primary', { test, tested })
    const testFailover = { durationMs: 1, devices: [{ kind: 'host' } as const] }
    const { routed } = ask({ states: ['up', 'up?', 'up'], decision, options: { testFailover } })
    assert.equal(routed.tested.get('default')?.ipv4.wan, 'third')
    assert.equal(wanOf(routed), 'primary')
  })

  test('takes a silent WAN out of what is shared among several', () => {
    const shared = { wan: 'primary', reason: '', spread: ['primary', 'secondary', 'third'] }
    const decision = exampleDecision('primary', {
      policies: new Map([['default', bothFamilies(shared)]]),
    })
    const { routed, detours } = ask({ states: ['up?', 'up', 'up'], decision })
    const { wan, spread } = routed.policies.get('default')?.ipv4 ?? {}
    assert.deepEqual({ wan, spread }, { wan: 'secondary', spread: ['secondary', 'third'] })
    assert.deepEqual([...new Set(detours.map(({ avoids }) => avoids))], ['primary'])
    const other = ask({ states: ['up', 'up?', 'up'], decision }).routed.policies.get(
      'default',
    )?.ipv4
    assert.deepEqual([other?.wan, other?.spread], ['primary', ['primary', 'third']])
    const everybody = ask({ states: ['up?', 'up?', 'up?'], decision })
    assert.equal(everybody.routed, decision)
  })
})
