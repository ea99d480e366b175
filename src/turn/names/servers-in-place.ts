import type { Wish } from '../../health/answering-servers.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { gatewayOf, hasWay } from '../../model/uplink.ts'
import { wanOf } from '../../report/resolver-text.ts'
import type { Decided } from '../concern.ts'
import type { WatchedResolver } from './watched-resolver.ts'

interface Others {
  readonly settings: Settings
  readonly resolvers: readonly WatchedResolver[]
  readonly decided: Decided
}

/**
 * Who may answer in place of a resolver, by WAN: the user's other resolvers first, then the WAN's
 * own router, then the targets of probes. A WAN that is down helps nobody; a metered one is only
 * asked by while it carries traffic.
 */
export function serversInPlaceOf(
  resolver: WatchedResolver,
  { settings, resolvers, decided }: Others,
): readonly Wish[] {
  const { family, known } = resolver
  const { uplinks, healths, inUse, decision } = decided
  const next = new Set([...decision.policies.values()].map((decided) => decided[family].wan))
  return uplinks.flatMap((uplink) => {
    const state = healths[family].get(uplink.name)?.state
    const isAlive = state === 'up' || state === 'degraded'
    const isSpared = settings.wans[uplink.index]?.metered === true
    const carries = inUse.has(uplink.name) || next.has(uplink.name)
    if (!isAlive || !hasWay(uplink, family) || (isSpared && !carries)) return []
    const others = resolvers
      .filter((other) => other.family === family && !other.known.forwards)
      .filter(({ place }) => place.kind === 'internet' || wanOf(place) === uplink.name)
      .map((other) => other.known.address)
    const router = gatewayOf(uplink, family)
    const all = [...others, ...(router === null ? [] : [router]), ...settings.probe.targets[family]]
    const servers = [...new Set(all)].filter(
      (server) => server !== known.address && !server.startsWith('fe80:'),
    )
    return [{ wan: uplink.index, servers: servers.slice(0, maxServers) }]
  })
}

const maxServers = 8
