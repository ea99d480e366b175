import type { HostState } from '../../src/model/host.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import type { Wanted } from '../../src/network/wanted.ts'
import { exampleDecision } from './example-decision.ts'

/** What is wanted on a host when the default policy uses `active`. */
export function wantedOn(host: HostState, settings: Settings, active: string | null): Wanted {
  const uplinks = resolveUplinks(settings.wans, host)
  return { settings, uplinks, decision: exampleDecision(active), host }
}
