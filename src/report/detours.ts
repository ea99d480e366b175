/** Sidesteps in words: where new connections go now, and where they would. */
import { type Detour, sidestep, whyAvoided } from '../decision/sidestep.ts'
import { byFamily, families } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Settings } from '../model/settings/settings.ts'
import { hasWay, type Uplink } from '../model/uplink.ts'
import { assumedHealths } from './assumed-healths.ts'

/** The rules lead elsewhere than was decided, a sentence for each policy; empty: nowhere. */
export function describeDetours(decision: Decision, routed: Decision): readonly string[] {
  const sentences = [...decision.policies].flatMap(([name, decided]) =>
    families.flatMap((family) => {
      const { wan } = decided[family]
      const taken = routed.policies.get(name)?.[family].wan ?? null
      if (wan === null || taken === null || wan === taken) return []
      return `policy ${name}: ${whyAvoided([wan])}, and take ${taken}; what runs there stays there`
    }),
  )
  return [...new Set(sentences)]
}

export interface SuspicionQuestion {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly decision: Decision
  readonly down: readonly string[]
}

/** What would be routed if these WANs had fallen silent, and all but `down` were healthy. */
export function routingIfSuspect(
  suspects: readonly string[],
  { settings, uplinks, decision, down }: SuspicionQuestion,
): { readonly routed: Decision; readonly detours: readonly Detour[] } {
  const healths = assumedHealths(settings, { down, suspect: suspects, uplinks })
  const ways = byFamily((family) => {
    const there = uplinks.filter((uplink) => hasWay(uplink, family))
    return new Set(there.map(({ name }) => name))
  })
  return sidestep({ settings, decision, healths, ways, before: null })
}
