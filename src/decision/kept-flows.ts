/** Whose running flows stay where they are when new ones go elsewhere: the graceful failback. */
import type { Decision } from '../model/decision.ts'
import type { WanHealth } from '../model/health.ts'
import type { Settings } from '../model/settings.ts'
import { rank } from './rank.ts'

/**
 * The names of the healthy WANs whose flows are kept. A metered WAN is left at once, and so is
 * every WAN where the user wants to see traffic move: in a test, and by a mode chosen by hand.
 */
export function keptFlows(
  settings: Settings,
  healths: ReadonlyMap<string, WanHealth>,
  { mode, test }: Pick<Decision, 'mode' | 'test'>,
): readonly string[] {
  if (settings.failback.mode !== 'graceful' || mode !== 'automatic' || test !== null) return []
  return settings.wans
    .filter(({ name, metered }) => !metered && rank(healths.get(name)) > 0)
    .map(({ name }) => name)
}
