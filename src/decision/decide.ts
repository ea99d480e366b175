/**
 * Which WAN carries each policy's traffic: from the healths, the options, what was decided before
 * and the time; each family by itself. It computes and never acts. Three rules stand above all:
 * unknown is not down; where no WAN is healthy, everything stays where it is until one answers; no
 * change without a reason.
 */
import { byFamily, type Family, families } from '../model/address.ts'
import type { Decision, PolicyDecision, PolicyDecisions, TestFailover } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import { everyPolicy } from '../model/settings/every-policy.ts'
import type { Settings } from '../model/settings/settings.ts'
import { type Choice, choose, never, type Question, withinCap } from './choose.ts'
import { isUsable } from './rank.ts'
import { spreadOver } from './spread.ts'

export interface Situation {
  readonly settings: Settings
  readonly healths: Healths
  readonly nowMs: number
  /** The user just asked for it: what is healthy may be used without waiting for its hold-down. */
  readonly hurry: boolean
  /** The WANs whose cap is reached: for policies that may go over it only. */
  readonly capped?: ReadonlySet<string>
}

export interface Outcome {
  readonly decision: Decision
  /** The policies that changed their WAN. */
  readonly moves: readonly Move[]
  /** When a hold-down ends or the test does; infinite while only news can change anything. */
  readonly wakeAtMs: number
}

export interface Move {
  readonly policy: string
  readonly family: Family
  readonly from: string | null
  readonly to: string | null
  readonly reason: string
}

/** The decision of a daemon that has decided nothing yet. */
export const undecided: Decision = {
  mode: 'automatic',
  test: null,
  chosen: new Map(),
  policies: new Map(),
  tested: new Map(),
}

export function decide(previous: Decision, situation: Situation): Outcome {
  const test = testGoesOn(previous, situation)
  const hurry = situation.hurry || (previous.test !== null && test === null)
  const { mode, chosen } = previous
  const each = byFamily((family) => {
    const healths = situation.healths[family]
    return decideFamily(previous, { ...situation, family, healths, hurry, mode, chosen, test })
  })
  return {
    decision: {
      mode,
      test,
      chosen,
      policies: bothFamilies(each.ipv4.policies, each.ipv6.policies),
      tested: bothFamilies(each.ipv4.tested, each.ipv6.tested),
    },
    moves: families.flatMap((family) => each[family].moves),
    wakeAtMs: Math.min(test?.untilMs ?? never, each.ipv4.wakeAtMs, each.ipv6.wakeAtMs),
  }
}

/** By policy name, of one family. */
type Decisions = ReadonlyMap<string, PolicyDecision>

interface Decided {
  readonly decided: Decisions
  readonly moves: readonly Move[]
  readonly wakeAtMs: number
}

const noDecisions: Decided = { decided: new Map(), moves: [], wakeAtMs: never }

type Circumstances = Omit<Question, 'current' | 'overCap'> & {
  readonly settings: Settings
  readonly family: Family
  readonly chosen: ReadonlyMap<string, string>
}

function decideFamily(previous: Decision, situation: Circumstances) {
  const { settings, family, test } = situation
  // A test with devices of its own leaves everybody else where they are.
  const single = settings.testFailover.devices.length > 0
  const before = ofFamily(previous.policies, family)
  const testedBefore = ofFamily(previous.tested, family)
  const all = decidePolicies(before, { ...situation, test: single ? null : test })
  const underTest = new Map([...before, ...testedBefore])
  const devices = single && test !== null ? decidePolicies(underTest, situation) : noDecisions
  const back = devices.decided.size === 0 ? movesBack(testedBefore, all.decided, family) : []
  return {
    policies: all.decided,
    tested: devices.decided,
    moves: [...all.moves, ...devices.moves, ...back],
    wakeAtMs: Math.min(all.wakeAtMs, devices.wakeAtMs),
  }
}

function ofFamily(decisions: PolicyDecisions, family: Family): Decisions {
  return new Map([...decisions].map(([name, decision]) => [name, decision[family]]))
}

/** Both have the same policies: those of the options. */
function bothFamilies(ipv4: Decisions, ipv6: Decisions): PolicyDecisions {
  return new Map(
    [...ipv4].map(([name, decision]) => [
      name,
      { ipv4: decision, ipv6: ipv6.get(name) ?? decision },
    ]),
  )
}

function decidePolicies(previous: Decisions, situation: Circumstances): Decided {
  const { family } = situation
  const decided = new Map<string, PolicyDecision>()
  const moves: Move[] = []
  // Policies that may use the same WANs in the same order always use the same one.
  const alike = new Map<string, Choice>()
  let wakeAtMs = never
  for (const { name, use, overCap, balance } of everyPolicy(situation.settings)) {
    const mode = situation.chosen.get(name) ?? situation.mode
    const order = reorder(use, { mode, avoid: situation.test?.avoid ?? null })
    const before = previous.get(name)
    const current = use.includes(before?.wan ?? '') ? (before?.wan ?? null) : null
    const key = JSON.stringify([order, mode, overCap])
    const choice = alike.get(key) ?? choose(order, { ...situation, current, mode, overCap })
    alike.set(key, choice)
    wakeAtMs = Math.min(wakeAtMs, choice.wakeAtMs)
    const moved = before === undefined || before.wan !== choice.wan
    const reason = moved || choice.tellAnew ? choice.reason : before.reason
    if (moved)
      moves.push({ policy: name, family, from: before?.wan ?? null, to: choice.wan, reason })
    if (!balance) {
      decided.set(name, { wan: choice.wan, reason })
      continue
    }
    const allowed = withinCap(order, { ...situation, overCap })
    const spread = spreadOver(before?.spread ?? [], { ...situation, order: allowed, mode })
    wakeAtMs = Math.min(wakeAtMs, spread.wakeAtMs)
    decided.set(name, { wan: choice.wan, reason, spread: spread.wans })
    const wans = { before: before?.spread ?? [], after: spread.wans }
    moves.push(...spreadMoves({ policy: name, family }, wans, choice.wan))
  }
  return { decided, moves, wakeAtMs }
}

/** New connections leave one WAN, or begin to use one. */
function spreadMoves(
  whose: Pick<Move, 'policy' | 'family'>,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
  wan: string | null,
): Move[] {
  const gone = before.filter((one) => !after.includes(one) && one !== wan)
  const come = after.filter((one) => !before.includes(one))
  return [
    ...gone.map((from) => ({ ...whose, from, to: wan, reason: `new connections leave ${from}` })),
    ...come.map((to) => ({ ...whose, from: null, to, reason: `new connections use ${to} too` })),
  ]
}

/** The devices under test go where everybody goes. */
function movesBack(tested: Decisions, decided: Decisions, family: Family): Move[] {
  return [...tested].flatMap(([policy, { wan: from }]) => {
    const now = decided.get(policy)
    if (now === undefined || now.wan === from) return []
    return { policy, family, from, to: now.wan, reason: now.reason }
  })
}

/** The WANs that carry some policy's traffic; of one family, or of any. */
export function wansInUse({ policies, tested }: Decision, family?: Family): ReadonlySet<string> {
  const asked = family === undefined ? families : [family]
  const decided = [...policies.values(), ...tested.values()].flatMap((decision) =>
    asked.map((one) => decision[one]),
  )
  const wans = decided.flatMap(({ wan, spread = [] }) => [wan, ...spread])
  return new Set(wans.filter((wan) => wan !== null))
}

/** Mode and test only reorder what a policy may use; they never add a WAN to it. */
function reorder(
  use: readonly string[],
  { mode, avoid }: { mode: string; avoid: string | null },
): readonly string[] {
  const forced = use.includes(mode) ? [mode, ...use.filter((wan) => wan !== mode)] : use
  if (avoid === null || !use.includes(avoid)) return forced
  return [...forced.filter((wan) => wan !== avoid), avoid]
}

function testGoesOn(previous: Decision, situation: Situation): TestFailover | null {
  const { test } = previous
  if (test === null || situation.nowMs >= test.untilMs) return null
  const others = insteadOf(test.avoid, situation.settings)
  return others.some((wan) => isUsable(wan, situation.healths)) ? test : null
}

/** Where a WAN's traffic could go: what no policy or tunnel of its may use is nowhere to go. */
export function insteadOf(wan: string, settings: Settings): string[] {
  const uses = everyPolicy(settings).map(({ use }) => use)
  const rides = settings.wans.flatMap(({ tunnel }) => (tunnel === undefined ? [] : [tunnel.over]))
  const lists = [...uses, ...rides].filter((list) => list.includes(wan))
  return [...new Set(lists.flat())].filter((other) => other !== wan)
}
