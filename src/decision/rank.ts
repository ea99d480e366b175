import { families } from '../model/address.ts'
import type { Healths, WanHealth } from '../model/health.ts'

/** Up counts more than degraded; whatever else can't be used. */
export function rank(health: WanHealth | undefined): 0 | 1 | 2 {
  if (health?.state === 'up') return 2
  return health?.state === 'degraded' ? 1 : 0
}

/** Healthy, or it has begun to answer again: that is enough where nothing else lives. */
export function isAnswering(health: WanHealth | undefined): boolean {
  return rank(health) > 0 || (health?.answersSinceMs ?? null) !== null
}

/** It has fallen silent with good reason for doubt, and there is no verdict yet. */
export function isSuspect(health: WanHealth | undefined): boolean {
  return rank(health) > 0 && health?.suspectSinceMs !== null
}

/** Whether the WAN can carry anything, in whatever family. */
export function isUsable(wan: string, healths: Healths): boolean {
  return families.some((family) => rank(healths[family].get(wan)) > 0)
}
