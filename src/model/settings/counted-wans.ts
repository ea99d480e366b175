/** Whose bytes we count: of WANs that cost money by the byte, and of who may use them. */
import { everyPolicy, type PolicyUse } from './every-policy.ts'
import type { Settings, WanSettings } from './settings.ts'

export function countedWans({ wans }: Pick<Settings, 'wans'>): readonly WanSettings[] {
  return wans.filter(isCounted)
}

export function isCounted({ metered, capMb }: Pick<WanSettings, 'metered' | 'capMb'>): boolean {
  return metered || capMb > 0
}

/** The policies with figures of their own on this WAN, `default` among them. */
export function countedPolicies(settings: Settings, wan: string): readonly PolicyUse[] {
  const users = everyPolicy(settings).filter(({ use }) => use.includes(wan))
  return users.slice(-mostCountedPolicies)
}

/** Each has two counters in the kernel; what others of a longer list use is in the WAN's sum. */
const mostCountedPolicies = 100
