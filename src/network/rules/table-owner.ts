import { defaultDestination, type Family } from '../../model/address.ts'
import type { HostState, Route } from '../../model/host.ts'
import { gatewayOf, type Uplink } from '../../model/uplink.ts'
import { isOurRoute } from '../routes/route-operations.ts'

/**
 * The WAN that a table of ours leads to now: where options have another order, its number is another
 * WAN's already. Where the table holds no way, as while its link is gone, only the number tells.
 */
export function ownerOf(
  { family, table }: { readonly family: Family; readonly table: number },
  { host, uplinks }: { readonly host: HostState; readonly uplinks: readonly Uplink[] },
): Uplink | undefined {
  const numbered = uplinks.find((uplink) => uplink.table === table)
  const ways = host.routes.filter(
    (route) =>
      isOurRoute(route) &&
      route.table === table &&
      route.destination === defaultDestination[route.family],
  )
  const way = ways.find((route) => route.family === family) ?? ways[0]
  if (way === undefined) return numbered
  const owner = uplinks.find((uplink) => leadsBy(uplink, way))
  if (owner !== undefined) return owner
  // Its gateway may have changed while nobody looked; beside others on its link it is another one.
  const isItsLink = numbered?.link === way.nextHops[0]?.link && numbered?.sharesLink === false
  return isItsLink ? numbered : undefined
}

function leadsBy(uplink: Uplink, { family, nextHops: [hop] }: Route): boolean {
  return hop?.link === uplink.link && hop?.gateway === gatewayOf(uplink, family)
}
