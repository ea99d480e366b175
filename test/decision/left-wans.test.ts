import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Move, undecided } from '../../src/decision/decide.ts'
import {
  abandoned,
  type Departure,
  leftByDefault,
  leftWans,
  nextCheckMs,
  postponed,
} from '../../src/decision/left-wans.ts'
import { byFamily } from '../../src/model/address.ts'
import type { HealthState } from '../../src/model/health.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleDecision } from '../examples/example-decision.ts'
import { exampleHealth, exampleHealths } from '../examples/example-health.ts'

const family = 'ipv4'
const away: Move = { policy: 'default', family, from: 'cable', to: 'dsl', reason: 'cable is down' }

interface Changes extends Partial<Pick<Departure, 'moves' | 'nowMs' | 'immediate'>> {
  readonly active?: string
  readonly keptBefore?: readonly string[]
  readonly kept?: readonly string[]
}

/** What was left by a failover from cable to dsl, unless told otherwise. */
function departure(
  states: Readonly<Record<string, HealthState>>,
  changes: Changes = {},
): Departure {
  const { active = 'dsl', keptBefore = [], kept = ['dsl'], ...others } = changes
  return {
    moves: [away],
    decision: exampleDecision(active),
    healths: exampleHealths(['cable', 'dsl', 'lte'], states),
    keptBefore: bothFamilies(keptBefore),
    kept: bothFamilies(kept),
    nowMs: 1_000,
    ...others,
  }
}

const names = (left: ReturnType<typeof leftWans>) => [...new Set(left.map(({ wan }) => wan))]

test('a dead WAN is left, for ten seconds', () => {
  const left = leftWans([], departure({ cable: 'down' }))
  assert.deepEqual(left, [{ wan: 'cable', family, sinceMs: 1_000 }])
  assert.equal(nextCheckMs(left), 11_000)
  const later = (nowMs: number) => departure({ cable: 'down' }, { moves: [], nowMs })
  assert.deepEqual(names(leftWans(left, later(10_999))), ['cable'])
  assert.deepEqual(names(leftWans(left, later(11_000))), [])
})

test('where nobody healthy is moved to, nothing is left: those flows may be all there is', () => {
  assert.deepEqual(names(leftWans([], departure({ cable: 'down', dsl: 'down' }))), [])
})

test('a WAN that answers again is somewhere to go', () => {
  const moment = departure({ cable: 'down', dsl: 'down' })
  const healths = byFamily((one) => {
    const dsl = exampleHealth('down', { answersSinceMs: 900 })
    return new Map([...moment.healths[one], ['dsl', dsl]])
  })
  assert.deepEqual(names(leftWans([], { ...moment, healths })), ['cable'])
})

test('a WAN whose flows stay is not left', () => {
  assert.deepEqual(names(leftWans([], departure({}, { kept: ['cable', 'dsl'] }))), [])
})

test('who is moved to again is no longer left', () => {
  const left = leftWans([], departure({ cable: 'down' }))
  const back: Move = { ...away, from: 'dsl', to: 'cable' }
  const again = departure({ dsl: 'down' }, { moves: [back], active: 'cable', kept: ['cable'] })
  assert.deepEqual(names(leftWans(left, again)), ['dsl'])
})

test('flows that had stayed on a WAN that carries nobody else are left when it dies', () => {
  const quiet = { moves: [], keptBefore: ['cable', 'dsl'], kept: ['dsl'] }
  assert.deepEqual(names(leftWans([], departure({ cable: 'down' }, quiet))), ['cable'])
  const allDown = departure({ cable: 'down', dsl: 'down' }, { ...quiet, kept: [] })
  assert.deepEqual(names(leftWans([], allDown)), [], 'nowhere to go')
  const inUse = departure({ cable: 'down' }, { ...quiet, active: 'cable' })
  assert.deepEqual(names(leftWans([], inUse)), [], 'still in use')
})

test('what the kernel has refused so far is left when it takes it', () => {
  const left = leftWans([], departure({ cable: 'down' }))
  assert.deepEqual(postponed(left, 9_000), [{ wan: 'cable', family, sinceMs: 9_000 }])
})

test('only what carries nobody any more is abandoned', () => {
  const left = [{ wan: 'cable', family, sinceMs: 0 } as const]
  assert.deepEqual(abandoned(left, exampleDecision('dsl')), { ipv4: ['cable'], ipv6: [] })
  assert.deepEqual(abandoned(left, exampleDecision('cable')), { ipv4: [], ipv6: [] })
})

test('a family that stays on the WAN loses nothing by the other one that leaves it', () => {
  const policies = new Map([
    ['default', { ipv4: { wan: 'dsl', reason: 'test' }, ipv6: { wan: 'cable', reason: 'test' } }],
  ])
  const decision = { ...undecided, policies }
  const left = leftWans([], { ...departure({ cable: 'down' }), decision })
  assert.deepEqual(left, [{ wan: 'cable', family, sinceMs: 1_000 }])
  assert.deepEqual(abandoned(left, decision), { ipv4: ['cable'], ipv6: [] })
})

describe('a policy whose flows never stay', () => {
  const back = (policy: string): Move => ({ ...away, policy, from: 'dsl', to: 'cable' })
  const all = ['cable', 'dsl']
  const failback = (policies: readonly string[], changes: Changes = {}) =>
    departure(
      {},
      {
        ...{ moves: policies.map(back), active: 'cable', kept: all, keptBefore: all },
        immediate: new Set(['phone', 'default']),
        ...changes,
      },
    )

  test('leaves a healthy WAN alone, the others stay', () => {
    const left = leftWans([], failback(['phone', 'work']))
    const partly = { wan: 'dsl', family, sinceMs: 1_000 } as const
    assert.deepEqual(left, [{ ...partly, policies: ['phone'] }])
    assert.deepEqual(abandoned(left, exampleDecision('cable')), bothFamilies([]))
    assert.deepEqual(leftByDefault(left, exampleDecision('cable')), bothFamilies([]))
    const later = (nowMs: number) => leftWans(left, failback([], { nowMs }))
    assert.deepEqual([names(later(10_999)), names(later(11_000))], [['dsl'], []])
  })

  test('is named beside others, and the default one leads to a cut', () => {
    const left = leftWans([], failback(['phone', 'default']))
    assert.deepEqual(
      left.map(({ policies }) => policies),
      [['phone', 'default']],
    )
    const cut = { ipv4: ['dsl'], ipv6: [] }
    assert.deepEqual(leftByDefault(left, exampleDecision('cable')), cut)
    assert.deepEqual(leftByDefault(left, exampleDecision('dsl')), bothFamilies([]))
  })

  test('leaves with everybody where the WAN has died', () => {
    const died = { kept: ['cable'], moves: [] }
    const left = leftWans(leftWans([], failback(['phone'])), failback([], died))
    const inIpv4 = left.filter((one) => one.family === family)
    assert.deepEqual(inIpv4, [{ wan: 'dsl', family, sinceMs: 1_000 }])
  })
})
