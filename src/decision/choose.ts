/** Which WAN carries a policy's traffic of one family, and why; it computes and never acts. */
import type { TestFailover } from '../model/decision.ts'
import type { WanHealths } from '../model/health.ts'
import { isAnswering, isSuspect, rank } from './rank.ts'

export interface Choice {
  readonly wan: string | null
  readonly reason: string
  readonly wakeAtMs: number
  /** The WAN stays, but why it stays is news. */
  readonly tellAnew: boolean
}

export interface Question {
  readonly healths: WanHealths
  /** The WAN that carries it until now. */
  readonly current: string | null
  /** `automatic`, or the WAN chosen by hand. */
  readonly mode: string
  readonly test: TestFailover | null
  readonly nowMs: number
  readonly hurry: boolean
  readonly capped?: ReadonlySet<string>
  readonly overCap: boolean
}

/** `allowed` are the WANs that the policy may use, in order, as mode and test have ordered them. */
export function choose(allowed: readonly string[], question: Question): Choice {
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
  const best = bestOf(trusted(order, question), question) ?? bestOf(order, question)
  const answering = order.find((wan) => isAnswering(healths.get(wan)))
  if (overspent) {
    return settled(best ?? answering ?? preferred, `the cap of ${before} is reached`)
  }
  if (current === null) return firstChoice(order, best ?? answering, question)
  const health = healths.get(current)
  if (health === undefined) return settled(best ?? preferred, `${current} is no longer a WAN`)
  if (best === null) return nobodyHealthy(current, answering, question)
  if (best === current) return stay(order, current, question)
  const { state } = health
  if (rank(health) === 0 && state !== 'unknown') return settled(best, describe(current, question))
  if (order.indexOf(best) < order.indexOf(current)) return returnTo(best, current, question)
  // Unknown is not down: it is left for a more wanted WAN only.
  return settled(state === 'unknown' ? current : best, describe(current, question))
}

export function withinCap(
  wans: readonly string[],
  { capped, overCap }: Pick<Question, 'capped' | 'overCap'>,
): readonly string[] {
  return wans.filter((wan) => overCap || capped?.has(wan) !== true)
}

/** Nobody moves to a WAN that has just fallen silent if there is any other: the verdict is near. */
function trusted(order: readonly string[], { healths, current, hurry }: Question) {
  return hurry ? order : order.filter((wan) => wan === current || !isSuspect(healths.get(wan)))
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

function firstChoice(
  order: readonly string[],
  usable: string | undefined,
  { healths }: Question,
): Choice {
  const possible = order.find((wan) => healths.get(wan)?.state === 'unknown')
  const [preferred = null] = order
  const firstUnjudged = possible === preferred ? possible : undefined
  const wan = firstUnjudged ?? usable ?? possible ?? preferred
  return settled(wan, wan === preferred ? `${wan} is the preferred WAN` : `${wan} can be used`)
}

/** The first that answers again carries at once, and as long as it answers: there is nothing to lose. */
function nobodyHealthy(
  current: string,
  answering: string | undefined,
  { healths }: Question,
): Choice {
  const health = healths.get(current)
  if (health?.state === 'unknown') return settled(current, `there is no verdict on ${current} yet`)
  if (answering === undefined) {
    return {
      wan: current,
      reason: `no WAN is healthy, so traffic stays on ${current} (${health?.reason ?? 'unknown'})`,
      wakeAtMs: never,
      tellAnew: true,
    }
  }
  const wan = isAnswering(health) ? current : answering
  return { ...settled(wan, `${wan} answers again, and no other WAN is healthy`), tellAnew: true }
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
  const silent = preferred !== current && isSuspect(question.healths.get(preferred))
  if (silent) return `${preferred} has fallen silent: traffic doesn't go there until it answers`
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

export const never = Number.POSITIVE_INFINITY
