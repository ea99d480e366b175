/**
 * Which WAN carries each policy's traffic: from the healths, the options, what was decided before
 * and the time. It computes and never acts. Three rules stand above all: unknown is not down;
 * where no WAN is healthy, everything stays where it is; no change without a reason.
 */
import type { Decision, PolicyDecision, TestFailover } from '../model/decision.ts'
import type { WanHealth } from '../model/health.ts'
import type { Settings } from '../model/settings.ts'

export interface Situation {
  readonly settings: Settings
  readonly healths: ReadonlyMap<string, WanHealth>
  readonly nowMs: number
  /** The user just asked for it: what is healthy may be used without waiting for its hold-down. */
  readonly hurry: boolean
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
export const undecided: Decision = { mode: 'automatic', test: null, policies: new Map() }

export function decide(previous: Decision, situation: Situation): Outcome {
  const test = testGoesOn(previous, situation)
  const ended = previous.test !== null && test === null
  const hurry = situation.hurry || ended
  const policies = new Map<string, PolicyDecision>()
  const moves: Move[] = []
  let wakeAtMs = test?.untilMs ?? Number.POSITIVE_INFINITY
  for (const { name, use } of everyPolicy(situation.settings)) {
    const order = reorder(use, { mode: previous.mode, avoid: test?.avoid ?? null })
    const before = previous.policies.get(name)
    const current = use.includes(before?.wan ?? '') ? (before?.wan ?? null) : null
    const choice = choose(order, { ...situation, hurry, current, mode: previous.mode, test })
    wakeAtMs = Math.min(wakeAtMs, choice.wakeAtMs)
    const moved = before === undefined || before.wan !== choice.wan
    const reason = moved || choice.tellAnew ? choice.reason : before.reason
    policies.set(name, { wan: choice.wan, reason })
    if (moved) moves.push({ policy: name, from: before?.wan ?? null, to: choice.wan, reason })
  }
  return { decision: { mode: previous.mode, test, policies }, moves, wakeAtMs }
}

/** Every policy with the WANs it may use, the default one last. */
export function everyPolicy(
  settings: Settings,
): readonly { readonly name: string; readonly use: readonly string[] }[] {
  return [...settings.policies, { name: 'default', use: settings.defaultPolicy.use }]
}

/** The WANs that carry some policy's traffic. */
export function wansInUse(decision: Decision): ReadonlySet<string> {
  const wans = [...decision.policies.values()].map(({ wan }) => wan)
  return new Set(wans.filter((wan) => wan !== null))
}

/** Up counts more than degraded; whatever else can't be used. */
export function rank(health: WanHealth | undefined): 0 | 1 | 2 {
  if (health?.state === 'up') return 2
  return health?.state === 'degraded' ? 1 : 0
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
  // Others that the default policy may not use are nowhere for its traffic to go.
  const others = situation.settings.defaultPolicy.use.filter((wan) => wan !== test.avoid)
  return others.some((wan) => rank(situation.healths.get(wan)) > 0) ? test : null
}

interface Choice {
  readonly wan: string | null
  readonly reason: string
  readonly wakeAtMs: number
  /** The WAN stays, but why it stays is news. */
  readonly tellAnew: boolean
}

interface Question extends Situation {
  readonly current: string | null
  readonly mode: string
  readonly test: TestFailover | null
}

const never = Number.POSITIVE_INFINITY

function choose(order: readonly string[], question: Question): Choice {
  const { healths, current } = question
  const [preferred] = order
  if (preferred === undefined) return settled(null, 'no Internet, as its options say')
  const best = bestOf(order, question)
  if (current === null) return firstChoice(order, best, question)
  const health = healths.get(current)
  if (health === undefined) return settled(best ?? preferred, `${current} is not a WAN any more`)
  if (best === null) return nobodyHealthy(current, question)
  if (best === current) return stay(order, current, question)
  const { state } = health
  if (rank(health) === 0 && state !== 'unknown') return settled(best, describe(current, question))
  if (order.indexOf(best) < order.indexOf(current)) return returnTo(best, current, question)
  // Unknown is not down: it is left for a more wanted WAN only.
  return settled(state === 'unknown' ? current : best, describe(current, question))
}

/** The first of the most wanted; null where nobody is healthy. */
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
  if (health?.state === 'unknown') return settled(current, `${current} is not judged yet`)
  return {
    wan: current,
    reason: `no WAN is healthy, so all stays on ${current} (${health?.reason ?? 'unknown'})`,
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
    return settled(best, `${best} is healthy again and comes before ${current}`)
  }
  return {
    wan: current,
    reason: `${best} is healthy again; it has to stay so before traffic returns to it`,
    wakeAtMs: readyAtMs,
    tellAnew: true,
  }
}

/** Told anew each time: a user asks why it is this WAN and no better one. */
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
