/**
 * Which WAN carries each policy's traffic: from the healths, the options, what was decided before
 * and the time. It computes and never acts. Three rules stand above all: unknown is not down;
 * where no WAN is healthy, everything stays where it is; no change without a reason.
 */
import type { Decision, PolicyDecision, TestFailover } from '../model/decision.ts'
import { everyPolicy } from '../model/every-policy.ts'
import type { WanHealth } from '../model/health.ts'
import type { Settings } from '../model/settings.ts'
import { rank } from './rank.ts'
import { spreadOver } from './spread.ts'

export interface Situation {
  readonly settings: Settings
  readonly healths: ReadonlyMap<string, WanHealth>
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
  const ended = previous.test !== null && test === null
  const hurry = situation.hurry || ended
  // A test with devices of its own leaves all others where they are.
  const single = situation.settings.testFailover.devices.length > 0
  const parts = { ...situation, hurry, mode: previous.mode, chosen: previous.chosen }
  const all = decidePolicies(previous.policies, { ...parts, test: single ? null : test })
  const before = new Map([...previous.policies, ...previous.tested])
  const devices = single && test !== null ? decidePolicies(before, { ...parts, test }) : noDecisions
  const decision = {
    mode: previous.mode,
    test,
    chosen: previous.chosen,
    policies: all.decided,
    tested: devices.decided,
  }
  const back = devices.decided.size === 0 ? movesBack(previous.tested, all.decided) : []
  return {
    decision,
    moves: [...all.moves, ...devices.moves, ...back],
    wakeAtMs: Math.min(test?.untilMs ?? never, all.wakeAtMs, devices.wakeAtMs),
  }
}

type Policies = ReadonlyMap<string, PolicyDecision>

interface Decided {
  readonly decided: Policies
  readonly moves: readonly Move[]
  readonly wakeAtMs: number
}

const never = Number.POSITIVE_INFINITY
const noDecisions: Decided = { decided: new Map(), moves: [], wakeAtMs: never }

interface Circumstances extends Situation {
  readonly mode: string
  readonly chosen: ReadonlyMap<string, string>
  readonly test: TestFailover | null
}

function decidePolicies(previous: Policies, situation: Circumstances): Decided {
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
    if (moved) moves.push({ policy: name, from: before?.wan ?? null, to: choice.wan, reason })
    if (!balance) {
      decided.set(name, { wan: choice.wan, reason })
      continue
    }
    const allowed = withinCap(order, { ...situation, overCap })
    const spread = spreadOver(before?.spread ?? [], { ...situation, order: allowed, mode })
    wakeAtMs = Math.min(wakeAtMs, spread.wakeAtMs)
    decided.set(name, { wan: choice.wan, reason, spread: spread.wans })
    const wans = { before: before?.spread ?? [], after: spread.wans }
    moves.push(...spreadMoves(name, wans, choice.wan))
  }
  return { decided, moves, wakeAtMs }
}

/** New connections leave one WAN, or begin to use one. */
function spreadMoves(
  policy: string,
  { before, after }: { readonly before: readonly string[]; readonly after: readonly string[] },
  wan: string | null,
): Move[] {
  const gone = before.filter((one) => !after.includes(one) && one !== wan)
  const come = after.filter((one) => !before.includes(one))
  return [
    ...gone.map((from) => ({ policy, from, to: wan, reason: `new connections leave ${from}` })),
    ...come.map((to) => ({ policy, from: null, to, reason: `new connections use ${to} too` })),
  ]
}

/** The devices under test go where all others go. */
function movesBack(tested: Policies, decided: Policies): Move[] {
  return [...tested].flatMap(([policy, { wan: from }]) => {
    const now = decided.get(policy)
    if (now === undefined || now.wan === from) return []
    return { policy, from, to: now.wan, reason: now.reason }
  })
}

/** The WANs that carry some policy's traffic. */
export function wansInUse({ policies, tested }: Decision): ReadonlySet<string> {
  const decided = [...policies.values(), ...tested.values()]
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
  return others.some((wan) => rank(situation.healths.get(wan)) > 0) ? test : null
}

/** Where a WAN's traffic could go: what no policy of its may use is nowhere to go. */
export function insteadOf(wan: string, settings: Settings): string[] {
  const uses = everyPolicy(settings).filter(({ use }) => use.includes(wan))
  return [...new Set(uses.flatMap(({ use }) => use))].filter((other) => other !== wan)
}

interface Choice {
  readonly wan: string | null
  readonly reason: string
  readonly wakeAtMs: number
  /** The WAN stays, but why it stays is news. */
  readonly tellAnew: boolean
}

interface Question extends Omit<Circumstances, 'chosen'> {
  readonly current: string | null
  readonly overCap: boolean
}

function choose(allowed: readonly string[], question: Question): Choice {
  const { healths } = question
  if (allowed.length === 0) return settled(null, 'its options say no Internet')
  const order = withinCap(allowed, question)
  const [preferred] = order
  if (preferred === undefined) {
    return settled(null, `the cap of ${allowed.join(' and ')} is reached for this month`)
  }
  const { current: before } = question
  const overspent = before !== null && !order.includes(before)
  const current = overspent ? null : before
  const best = bestOf(order, question)
  if (overspent) return settled(best ?? preferred, `the cap of ${before} is reached`)
  if (current === null) return firstChoice(order, best, question)
  const health = healths.get(current)
  if (health === undefined) return settled(best ?? preferred, `${current} is no longer a WAN`)
  if (best === null) return nobodyHealthy(current, question)
  if (best === current) return stay(order, current, question)
  const { state } = health
  if (rank(health) === 0 && state !== 'unknown') return settled(best, describe(current, question))
  if (order.indexOf(best) < order.indexOf(current)) return returnTo(best, current, question)
  // Unknown is not down: it is left for a more wanted WAN only.
  return settled(state === 'unknown' ? current : best, describe(current, question))
}

function withinCap(
  wans: readonly string[],
  { capped, overCap }: Pick<Question, 'capped' | 'overCap'>,
): readonly string[] {
  return wans.filter((wan) => overCap || capped?.has(wan) !== true)
}

/** The first of the most wanted; null where none is healthy. */
function bestOf(order: readonly string[], question: Question): string | null {
  let best: string | null = null
  let most = 0
  for (const wan of order) {
    const here = desirability(wan, question)
    if (here > most) {
      best = wan
      most = here
    }
  }
  return best
}

/** Its rank; but a WAN chosen by hand is left only when it is dead, one under test is the last. */
function desirability(wan: string, { healths, mode, test }: Question): number {
  const here = rank(healths.get(wan))
  if (here === 0) return 0
  if (wan === test?.avoid) return 0.5
  return wan === mode ? 3 : here
}

function firstChoice(order: readonly string[], best: string | null, { healths }: Question): Choice {
  const possible = order.find((wan) => healths.get(wan)?.state === 'unknown')
  const [preferred = null] = order
  const firstUnjudged = possible === preferred ? possible : undefined
  const wan = firstUnjudged ?? best ?? possible ?? preferred
  return settled(wan, wan === preferred ? `${wan} is the preferred WAN` : `${wan} can be used`)
}

function nobodyHealthy(current: string, { healths }: Question): Choice {
  const health = healths.get(current)
  if (health?.state === 'unknown') return settled(current, `there is no verdict on ${current} yet`)
  return {
    wan: current,
    reason: `no WAN is healthy, so traffic stays on ${current} (${health?.reason ?? 'unknown'})`,
    wakeAtMs: never,
    tellAnew: true,
  }
}

function returnTo(best: string, current: string, question: Question): Choice {
  const { healths, nowMs, hurry, mode, test } = question
  const health = healths.get(best)
  const readyAtMs = (health?.sinceMs ?? nowMs) + (health?.holdDownMs ?? 0)
  if (hurry || nowMs >= readyAtMs) {
    if (test !== null) return settled(best, `a failover test avoids ${test.avoid}`)
    if (mode === best) return settled(best, `${best} was chosen by hand`)
    return settled(best, `${best} is back and preferred to ${current}`)
  }
  return {
    wan: current,
    reason: `${best} is back; it has to stay healthy for a while before traffic returns to it`,
    wakeAtMs: readyAtMs,
    tellAnew: true,
  }
}

/** Said again each time: a user asks why it is this WAN and no better one. */
function stay(order: readonly string[], current: string, question: Question): Choice {
  return { ...settled(current, whyStay(order, current, question)), tellAnew: true }
}

function whyStay(order: readonly string[], current: string, question: Question): string {
  const { mode, test } = question
  if (test !== null && order.includes(test.avoid) && current !== test.avoid) {
    return `a failover test avoids ${test.avoid}`
  }
  if (mode === current) return `${current} was chosen by hand`
  const [preferred = current] = order
  return describe(preferred, question)
}

function describe(wan: string, { healths, mode }: Question): string {
  const { state = 'unknown', reason = 'not probed yet' } = healths.get(wan) ?? {}
  const chosen = wan === mode ? ', chosen by hand,' : ''
  return `${wan}${chosen} is ${state}: ${reason}`
}

function settled(wan: string | null, reason: string): Choice {
  return { wan, reason, wakeAtMs: never, tellAnew: false }
}
