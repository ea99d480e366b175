import { defaultDestination, type Family, families } from '../../model/address.ts'
import type { HostState, NextHop, Route } from '../../model/host.ts'
import { kernelProtocol, mainTable } from '../../model/host.ts'
import { ourProtocol } from '../../model/marks.ts'
import { gatewayAddress, gatewayOf, type Uplink } from '../../model/uplink.ts'
import { contains, isBeside } from '../networks.ts'
import { repliedAddresses } from '../replied-addresses.ts'

/** Each WAN's table: its default, and the copies of what `main` knows better than a default. */
export function desiredRoutes(uplinks: readonly Uplink[], host: HostState): Route[] {
  // Asked once for all of them: a host may have many routes.
  const worthy = host.routes.filter(
    (route) => route.table === mainTable && isWorthCopying(route) && !isToOtherEnd(route, uplinks),
  )
  return uplinks.flatMap((uplink) => [
    ...copies(uplink, { worthy, uplinks, host }),
    ...defaults(uplink, host),
  ])
}

/** Stays while the link is up, carrier or not: what is pinned to a dead WAN must not leak. */
function defaults(uplink: Uplink, host: HostState): Route[] {
  const link = host.links.find(({ name }) => name === uplink.link)
  if (link?.up !== true) return []
  return families.flatMap((family) => {
    const { hop, addresses: own } = uplink.ways[family]
    if (hop === null || own.length === 0) return []
    const gateway = gatewayAddress(hop)
    // The kernel refuses a gateway outside the link's networks, as behind a /32, without `onlink`.
    const onlink =
      family === 'ipv4' && gateway !== null && !own.some((address) => isBeside(address, gateway))
    return {
      family,
      table: uplink.table,
      destination: defaultDestination[family],
      type: 'unicast',
      protocol: ourProtocol,
      metric: family === 'ipv4' ? 0 : ipv6DefaultMetric,
      scope: gateway === null && family === 'ipv4' ? 'link' : null,
      source: sourceOf(uplink, family),
      mtu: null,
      nextHops: [{ gateway, link: link.name, weight: 1, onlink }],
    }
  })
}

/**
 * Of a link that WANs share the kernel would take whichever address it likes. It also tells the next
 * run whose prefix that is, before a router says so.
 */
function sourceOf(uplink: Uplink, family: Family): string | null {
  const { prefixes, addresses } = uplink.ways[family]
  if (prefixes.length === 0) return null
  const isUsable = (own: string) => addresses.some((one) => one.usable && one.address === own)
  return repliedAddresses(uplink, family).find(isUsable) ?? null
}

interface Copied {
  readonly worthy: readonly Route[]
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
}

function copies(uplink: Uplink, { worthy, uplinks, host }: Copied): Route[] {
  const others = uplinks.filter((other) => other !== uplink)
  // Two modems may have one address: a gateway is another WAN's on that one's link only.
  const isForeign = (hop: NextHop, family: Family) =>
    hop.gateway !== null &&
    others.some((other) => other.link === hop.link && gatewayOf(other, family) === hop.gateway)
  const found = new Map<string, Route>()
  for (const route of worthy) {
    if (route.nextHops.some((hop) => isForeign(hop, route.family))) continue
    if (isOfTwin(route, uplink, host)) continue
    const key = `${route.family} ${route.destination} ${route.metric}`
    if (!found.has(key)) found.set(key, { ...route, table: uplink.table, protocol: ourProtocol })
  }
  return straightFirst([...found.values()])
}

/** PPP's route to its other end, which the daemon takes out of `main`: its copies would go at once. */
function isToOtherEnd({ protocol, nextHops }: Route, uplinks: readonly Uplink[]): boolean {
  if (protocol !== kernelProtocol) return false
  return nextHops.some((hop) =>
    uplinks.some(({ link, isTunnel }) => isTunnel === true && link === hop.link),
  )
}

/** Two modems of one kind have networks that look alike: the WAN's table has its own. */
function isOfTwin(route: Route, { link }: Uplink, { routes }: HostState): boolean {
  const isStraight = (one: Route, here: boolean) =>
    one.type === 'unicast' &&
    one.nextHops.every((hop) => hop.gateway === null && (hop.link === link) === here)
  return (
    isStraight(route, false) &&
    routes.some(
      (other) =>
        other.table === mainTable &&
        other.family === route.family &&
        other.destination === route.destination &&
        isStraight(other, true),
    )
  )
}

function isWorthCopying(route: Route): boolean {
  if (route.type !== 'unicast' || route.destination === defaultDestination[route.family]) {
    return false
  }
  const notForWans = route.family === 'ipv4' ? ['224.0.0.0/4'] : ['ff00::/8', 'fe80::/10']
  const [address = ''] = route.destination.split('/')
  return !notForWans.some((cidr) => contains(cidr, address))
}

/** The kernel refuses a route by a gateway before the way to the gateway is there. */
function straightFirst(routes: Route[]): Route[] {
  const byGateway = (route: Route) => (route.nextHops.some((hop) => hop.gateway !== null) ? 1 : 0)
  return routes.sort((a, b) => byGateway(a) - byGateway(b))
}

/** What the kernel gives a route that is added without a metric (IP6_RT_PRIO_USER). */
const ipv6DefaultMetric = 1024
