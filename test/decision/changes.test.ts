import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventsBetween, type Moment } from '../../src/decision/changes.ts'
import { undecided } from '../../src/decision/decide.ts'
import type { HealthState } from '../../src/model/health.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleHealth } from '../examples/example-health.ts'

const order = ['primary', 'secondary']
const nowMs = 5_000

/** `up down → secondary` and, for a test, the avoided WAN behind a slash. */
function moment(text: string): Moment {
  const [states = '', used = ''] = text.split(' → ')
  const [wan = '', avoid] = used.split('/')
  const healths = states.split(' ').map((state, i) => {
    const suspectedMs = state === 'down' ? 4_000 : null
    const health = exampleHealth(state as HealthState, { reason: `${state} it is`, suspectedMs })
    return [order[i] ?? '', health] as const
  })
  const failoverTest = avoid === undefined ? null : { avoid, untilMs: 60_000 }
  const decided = { wan: wan === '-' ? null : wan, reason: 'decided so' }
  const policies = new Map([['default', bothFamilies(decided)]])
  const decision = { ...undecided, test: failoverTest, policies }
  return { healths: bothFamilies(new Map(healths)), decision }
}

/** `type wan from>to detected: reason`, for each event. */
function told(before: string, after: string): string[] {
  return eventsBetween(moment(before), moment(after), { order, nowMs }).map(
    ({ event_type, wan, from, to, detect_ms, reason }) =>
      `${event_type} ${wan} ${from}>${to} ${detect_ms}: ${reason}`,
  )
}

const rows: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['nothing changes', 'up up → primary', 'up up → primary', []],
  ['a WAN is judged for the first time', 'unknown unknown → primary', 'up up → primary', []],
  [
    'the first decision is no move',
    'unknown unknown → -',
    'unknown down → primary',
    ['wan_down secondary null>null 1000: down it is'],
  ],
  [
    'the WAN in use goes down',
    'up up → primary',
    'down up → secondary',
    [
      'wan_down primary null>null 1000: down it is',
      'failover secondary primary>secondary 1000: decided so',
    ],
  ],
  [
    'a WAN on standby goes down',
    'up up → primary',
    'up down → primary',
    ['wan_down secondary null>null 1000: down it is'],
  ],
  [
    'a WAN is up again',
    'down up → secondary',
    'up up → secondary',
    ['wan_up primary null>null null: up it is'],
  ],
  [
    'traffic returns',
    'up up → secondary',
    'up up → primary',
    ['failback primary secondary>primary null: decided so'],
  ],
  [
    'a WAN gets worse, and traffic leaves it',
    'up up → primary',
    'degraded up → secondary',
    [
      'wan_degraded primary null>null null: degraded it is',
      'failover secondary primary>secondary null: decided so',
    ],
  ],
  [
    'a WAN gets better',
    'degraded up → primary',
    'up up → primary',
    ['wan_up primary null>null null: up it is'],
  ],
  [
    'the last WAN goes down',
    'down up → secondary',
    'down down → secondary',
    [
      'wan_down secondary null>null 1000: down it is',
      'all_down null null>null null: every WAN is down',
    ],
  ],
  [
    'the first WAN comes back',
    'down down → secondary',
    'up down → primary',
    [
      'wan_up primary null>null null: up it is',
      'restored primary null>null null: primary is healthy',
      'failback primary secondary>primary null: decided so',
    ],
  ],
  [
    'a test begins',
    'up up → primary',
    'up up → secondary/primary',
    [
      'test_started primary primary>secondary null: traffic avoids primary for a test',
      'failover secondary primary>secondary null: decided so',
    ],
  ],
  [
    'a test ends',
    'up up → secondary/primary',
    'up up → primary',
    [
      'test_ended primary secondary>primary null: primary may be used again',
      'failback primary secondary>primary null: decided so',
    ],
  ],
]

describe('the events that are told', () => {
  for (const [name, before, after, expected] of rows) {
    test(`when ${name}: ${before}, then ${after}`, () => {
      assert.deepEqual(told(before, after), expected)
    })
  }
})

test('the detection time is never negative and in whole milliseconds', () => {
  const after = moment('down up → secondary')
  const early = eventsBetween(moment('up up → primary'), after, { order, nowMs: 3_999.5 })
  assert.ok(early.every(({ detect_ms }) => detect_ms === 0))
})
