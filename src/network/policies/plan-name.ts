import { contentName } from '../nft/named-sets.ts'
import type { Wanted } from '../wanted.ts'

/**
 * Names what the marks mean and who gets them; a chain of this name in our table shows the next
 * start, or the next choice by hand, whether another plan stands.
 */
export function planName({ settings, decision }: Pick<Wanted, 'settings' | 'decision'>): string {
  const { wans, policies, defaultPolicy } = settings
  // Whom probes ask changes no mark: a new target is no reason to move anything.
  const marked = wans.map(({ targets: _, ...wan }) => wan)
  const plan = JSON.stringify([marked, policies, defaultPolicy, [...decision.chosen]])
  return contentName('plan', plan)
}
