/** Whose running flows stay where they are when new ones go elsewhere: the graceful failback. */
import { type ByFamily, byFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import { everyPolicy, isGraceful } from '../model/settings/every-policy.ts'
import type { Settings } from '../model/settings/settings.ts'
import { rank } from './rank.ts'

/**
 * The names of the healthy WANs whose flows are kept, but for those of policies that want all to
 * return at once. A metered WAN is left at once, and so is
 * every WAN where the user wants to see traffic move: in a test, and by a mode chosen by hand.
 */
export function keptFlows(
  settings: Settings,
  healths: Healths,
  { mode, test }: Pick<Decision, 'mode' | 'test'>,
): ByFamily<readonly string[]> {
  const wished = everyPolicy(settings).some((policy) => isGraceful(policy, settings))
  const graceful = wished && mode === 'automatic' && test === null
  return byFamily((family) =>
    settings.wans
      .filter(({ name, metered }) => graceful && !metered && rank(healths[family].get(name)) > 0)
      .map(({ name }) => name),
  )
}
