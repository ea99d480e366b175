import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type SpreadQuestion, spreadOver } from '../../src/decision/spread.ts'
import type { HealthState } from '../../src/model/health.ts'
import { exampleHealth } from '../examples/example-health.ts'

const nowMs = 100_000
const order = ['cable', 'dsl', 'lte']

interface Given extends Partial<Omit<SpreadQuestion, 'healths'>> {
  readonly states: readonly [HealthState, HealthState, HealthState]
  readonly before?: readonly string[]
  /** Since when each has its state; default long enough for its hold-down of 30 s. */
  readonly sinceMs?: number
}

function spread({ states, before = order, sinceMs = 0, ...changes }: Given) {
  const healths = new Map(
    order.map((wan, i) => [wan, exampleHealth(states[i] ?? 'up', { sinceMs })]),
  )
  const question = { order, mode: 'automatic', test: null, nowMs, hurry: false }
  return spreadOver(before, { ...question, healths, ...changes })
}

const rows: readonly (readonly [name: string, given: Given, wans: readonly string[]])[] = [
  ['goes over all that are up', { states: ['up', 'up', 'up'] }, order],
  ['leaves out who is down', { states: ['up', 'down', 'up'] }, ['cable', 'lte']],
  ['leaves out who is not judged yet', { states: ['up', 'unknown', 'up'] }, ['cable', 'lte']],
  [
    'leaves a degraded one while another is up',
    { states: ['degraded', 'up', 'up'] },
    ['dsl', 'lte'],
  ],
  [
    'uses the degraded where nobody is up',
    { states: ['degraded', 'down', 'degraded'] },
    ['cable', 'lte'],
  ],
  ['uses nobody where all are down', { states: ['down', 'down', 'down'] }, []],
  ['keeps to the WAN chosen by hand', { states: ['up', 'up', 'up'], mode: 'dsl' }, ['dsl']],
  [
    'leaves a chosen WAN that is dead',
    { states: ['up', 'down', 'up'], mode: 'dsl' },
    ['cable', 'lte'],
  ],
  [
    'avoids the WAN under test',
    { states: ['up', 'up', 'up'], test: { avoid: 'cable', untilMs: nowMs + 1 } },
    ['dsl', 'lte'],
  ],
]

describe('balanced traffic', () => {
  for (const [name, given, wans] of rows) {
    test(name, () => assert.deepEqual(spread(given).wans, wans))
  }

  test('lets a WAN join only after its hold-down, or in a hurry', () => {
    const recovered: Given = { states: ['up', 'up', 'down'], before: ['dsl'], sinceMs: 90_000 }
    assert.deepEqual(spread(recovered), { wans: ['dsl'], wakeAtMs: 120_000 })
    assert.deepEqual(spread({ ...recovered, nowMs: 120_000 }).wans, ['cable', 'dsl'])
    assert.deepEqual(spread({ ...recovered, hurry: true }).wans, ['cable', 'dsl'])
  })
})
