import type { WanHealth } from '../model/health.ts'

/** Up counts more than degraded; whatever else can't be used. */
export function rank(health: WanHealth | undefined): 0 | 1 | 2 {
  if (health?.state === 'up') return 2
  return health?.state === 'degraded' ? 1 : 0
}
