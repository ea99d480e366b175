/**
 * Which line carries a tunnel. To change it costs what is inside a moment and no connection, so it
 * goes early: at a suspicion already. It goes back to a line only once that has been healthy for as
 * long as for everybody. It computes and never acts.
 */
import type { TestFailover } from '../model/decision.ts'
import type { WanHealths } from '../model/health.ts'
import { never } from './choose.ts'
import { isAnswering, isSuspect, rank } from './rank.ts'

export interface RideQuestion {
  /** The lines that may carry it now, in order of preference. */
  readonly allowed: readonly string[]
  readonly healths: WanHealths
  /** The line that carries it until now. */
  readonly current: string | null
  /** `automatic`, or the WAN chosen by hand. */
  readonly mode: string
  readonly test: TestFailover | null
  /** The lines by which it has been silent just now, whatever their own probes say. */
  readonly shunned: ReadonlySet<string>
  /** The lines that a mere doubt is no reason to go to. */
  readonly costly: ReadonlySet<string>
  readonly nowMs: number
}

export interface RideChoice {
  readonly line: string | null
  readonly reason: string
  /** When to ask again, whatever happens. */
  readonly wakeAtMs: number
}

export function chooseRide(question: RideQuestion): RideChoice {
  const { allowed, healths, current, mode, costly, nowMs } = question
  if (allowed.length === 0) return settled(null, 'no line may carry it now')
  const order = allowed.includes(mode) ? [mode, ...allowed.filter((one) => one !== mode)] : allowed
  const trusted = order.filter((line) => isTrusted(line, question))
  if (isMereDoubt(trusted, question) && trusted.every((line) => costly.has(line))) {
    return settled(current, `no other line may carry it before there is a verdict on ${current}`)
  }
  const free = isMereDoubt(trusted, question) ? trusted.filter((one) => !costly.has(one)) : trusted
  const [best] = free.toSorted((a, b) => rank(healths.get(b)) - rank(healths.get(a)))
  if (best === undefined) return nobody(order, question)
  if (current === null || !trusted.includes(current)) {
    return settled(best, current === null ? `${best} can carry it` : whyLeft(current, question))
  }
  if (best === current) return settled(best, `${best} is the first that can carry it`)
  if (order.indexOf(best) > order.indexOf(current) || mode === best) {
    return settled(best, mode === best ? `${best} was chosen by hand` : whyLeft(current, question))
  }
  const health = healths.get(best)
  const readyAtMs = (health?.sinceMs ?? nowMs) + (health?.holdDownMs ?? 0)
  if (nowMs >= readyAtMs) return settled(best, `${best} is back and preferred to ${current}`)
  const reason = `${best} is back; it has to stay healthy for a while before the tunnel returns`
  return { line: current, reason, wakeAtMs: readyAtMs }
}

function isTrusted(line: string, { healths, shunned, test }: RideQuestion): boolean {
  const health = healths.get(line)
  const isHealthy = rank(health) > 0 && !isSuspect(health)
  return isHealthy && !shunned.has(line) && line !== test?.avoid
}

/** The line that carries it is silent, and not yet down. */
function isMereDoubt(trusted: readonly string[], question: RideQuestion): boolean {
  const { allowed, healths, current, test } = question
  if (current === null || current === test?.avoid || !allowed.includes(current)) return false
  return !trusted.includes(current) && rank(healths.get(current)) > 0
}

/** It stays where somebody may still be heard; at the start it takes the first. */
function nobody(order: readonly string[], { healths, current, shunned }: RideQuestion): RideChoice {
  const stays = current !== null && order.includes(current) ? current : null
  if (stays !== null && rank(healths.get(stays)) > 0 && !shunned.has(stays)) {
    return settled(stays, `no other line is healthy`)
  }
  const alive = order.find((line) => rank(healths.get(line)) > 0 && !shunned.has(line))
  const answering = alive ?? order.find((line) => isAnswering(healths.get(line)))
  const line = answering ?? stays ?? order[0] ?? null
  return settled(line, line === stays ? 'no line is healthy' : `${line} is the best there is`)
}

function whyLeft(line: string, { healths, shunned, test }: RideQuestion): string {
  const health = healths.get(line)
  if (line === test?.avoid) return `a failover test avoids ${line}`
  if (health !== undefined && rank(health) === 0) {
    return `${line} is ${health.state}: ${health.reason}`
  }
  if (isSuspect(health)) return `${line} has fallen silent`
  if (shunned.has(line)) return `nobody answers through the tunnel by ${line}`
  return `another line is better than ${line}`
}

function settled(line: string | null, reason: string): RideChoice {
  return { line, reason, wakeAtMs: never }
}
