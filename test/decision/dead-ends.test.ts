import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deadEnds } from '../../src/decision/dead-ends.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState, Healths, WanHealth } from '../../src/model/health.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth } from '../examples/example-health.ts'

type States = readonly [primary: HealthState, secondary: HealthState]

function healths(ipv4: States, ipv6: States, changes: Partial<WanHealth> = {}): Healths {
  const of = ([primary, secondary]: States, more: Partial<WanHealth> = {}) =>
    new Map([
      ['primary', exampleHealth(primary, more)],
      ['secondary', exampleHealth(secondary)],
    ])
  return { ipv4: of(ipv4), ipv6: of(ipv6, changes) }
}

function decision(ipv4: string, ipv6: string): Decision {
  const by = (wan: string) => ({ wan, reason: 'says the example' })
  const policies = new Map([['default', { ipv4: by(ipv4), ipv6: by(ipv6) }]])
  return { ...exampleDecision(ipv4), policies }
}

const both = decision('primary', 'primary')

test('IPv6 is refused where it stays on a WAN on which it is dead, and IPv4 lives', () => {
  assert.deepEqual(deadEnds(healths(['up', 'up'], ['down', 'disabled']), both), ['primary'])
  const moved = decision('secondary', 'primary')
  assert.deepEqual(deadEnds(healths(['down', 'up'], ['down', 'disabled']), moved), ['primary'])
})

const cases: Readonly<Record<string, readonly [Healths, Decision]>> = {
  'it is well': [healths(['up', 'up'], ['up', 'disabled']), both],
  'nobody has judged it': [healths(['up', 'up'], ['unknown', 'disabled']), both],
  'it goes by another WAN': [
    healths(['up', 'up'], ['down', 'up']),
    decision('primary', 'secondary'),
  ],
  'IPv4 is dead too: then nothing is changed': [
    healths(['down', 'down'], ['down', 'disabled']),
    both,
  ],
  'it has begun to answer': [
    healths(['up', 'up'], ['down', 'disabled'], { answersSinceMs: 5 }),
    both,
  ],
}

for (const [name, [state, decided]] of Object.entries(cases)) {
  test(`IPv6 is not refused where ${name}`, () => assert.deepEqual(deadEnds(state, decided), []))
}

test('IPv6 is not refused where a WAN has none of its own', () => {
  const { ipv4 } = healths(['down', 'up'], ['up', 'up'])
  const by = decision('secondary', 'primary')
  assert.deepEqual(deadEnds({ ipv4, ipv6: ipv4 }, by), [])
})
