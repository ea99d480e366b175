/** Over which WANs a balanced policy's new connections are spread. */
import type { TestFailover } from '../model/decision.ts'
import type { WanHealths } from '../model/health.ts'
import { rank } from './rank.ts'

export interface SpreadQuestion {
  /** The WANs that may be used now, in order. */
  readonly order: readonly string[]
  readonly healths: WanHealths
  /** `automatic`, or the WAN chosen by hand. */
  readonly mode: string
  readonly test: TestFailover | null
  readonly nowMs: number
  /** What has just recovered joins at once. */
  readonly hurry: boolean
}

export interface Spread {
  /** In the options' order; fewer than two: nothing is spread. */
  readonly wans: readonly string[]
  /** When a WAN that is healthy again may join. */
  readonly wakeAtMs: number
}

/** The best of the healthy; one that has just recovered waits, unless it is used already. */
export function spreadOver(before: readonly string[], question: SpreadQuestion): Spread {
  const { order, healths, mode, test, nowMs, hurry } = question
  const chosen = order.includes(mode) && rank(healths.get(mode)) > 0
  const candidates = chosen ? [mode] : order.filter((wan) => wan !== test?.avoid)
  const best = Math.max(0, ...candidates.map((wan) => rank(healths.get(wan))))
  const wans: string[] = []
  let wakeAtMs = Number.POSITIVE_INFINITY
  for (const wan of candidates) {
    const health = healths.get(wan)
    if (health === undefined || best === 0 || rank(health) < best) continue
    const readyAtMs = health.sinceMs + health.holdDownMs
    if (hurry || before.includes(wan) || nowMs >= readyAtMs) wans.push(wan)
    else wakeAtMs = Math.min(wakeAtMs, readyAtMs)
  }
  return { wans, wakeAtMs }
}
