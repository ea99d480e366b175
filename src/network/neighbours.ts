/**
 * The neighbourhood: what `main` reaches without a default route, on a link or behind an inner
 * router, a VPN or a bridge of Docker. What is there is never the Internet's: nothing
 * meant for a WAN may touch a packet whose other end is a neighbour.
 */
import type { ByFamily, Family } from '../model/address.ts'
import {
  type Address,
  type HostState,
  kernelProtocol,
  mainTable,
  type Route,
} from '../model/host.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { asNetwork, isWithin, networkOf, prefixLengthOf, withoutContained } from './networks.ts'

export interface Surroundings {
  readonly host: Pick<HostState, 'addresses' | 'routes'>
  readonly uplinks: readonly Uplink[]
}

/**
 * Every neighbour of this host, as CIDRs: the networks of its links, the WANs' gateways, the routes
 * of `main`, and what is for everybody nearby.
 */
export function neighboursOf(family: Family, { host, uplinks }: Surroundings): readonly string[] {
  return withoutContained([
    ...everyLink[family],
    ...onLinkNetworks(host.addresses, family),
    ...uplinks.flatMap((uplink) => gatewayNetwork(uplink, family)),
    ...nearRoutes(family, { host, uplinks }).map(({ destination }) => destination),
  ])
}

/** Those of them that are behind the link of one WAN: nobody else comes in there unasked. */
export function besideUplink(
  uplink: Uplink,
  family: Family,
  { host, uplinks }: Surroundings,
): readonly string[] {
  const routes = nearRoutes(family, { host, uplinks })
  return withoutContained([
    ...everyLink[family],
    ...onLinkNetworks(uplink.ways[family].addresses, family),
    ...gatewayNetwork(uplink, family),
    ...routes
      .filter(({ nextHops }) => nextHops.some(({ link }) => link === uplink.link))
      .map(({ destination }) => destination),
  ])
}

/** The networks of a link, as CIDRs, from the host's addresses on it; link-local ones left out. */
export function onLinkNetworks(addresses: readonly Address[], family: Family): string[] {
  const networks = new Set<string>()
  for (const address of addresses) {
    if (address.family !== family || address.scope === 'link' || address.scope === 'host') continue
    networks.add(networkOf(address))
  }
  return [...networks]
}

/** A route of `main` that leads the same way as what the WAN carries: its far end is out there. */
export function leadsBy(route: Route, { link, ways }: Uplink): boolean {
  const { hop } = ways[route.family]
  if (hop === null) return false
  return route.nextHops.some((next) => {
    if (next.link !== link) return false
    if (hop.kind === 'gateway') return next.gateway === hop.address
    // The kernel's own are the networks of the link's addresses.
    return next.gateway === null && route.protocol !== kernelProtocol
  })
}

function nearRoutes(family: Family, { host, uplinks }: Surroundings): readonly Route[] {
  return host.routes.filter(
    (route) =>
      route.family === family &&
      route.table === mainTable &&
      route.type === 'unicast' &&
      prefixLengthOf(route.destination) >= shortest[family] &&
      !isPinned(route, uplinks),
  )
}

/**
 * A public address by a WAN's own way is on the Internet, whoever wrote the route: a resolver that
 * networkd pins to its line, or the server of a VPN. What is private there is behind the router.
 */
function isPinned(route: Route, uplinks: readonly Uplink[]): boolean {
  return (
    uplinks.some((uplink) => leadsBy(route, uplink)) &&
    !privateNetworks.some((network) => isWithin(route.destination, network))
  )
}

/** Behind a /32 it is in no network of the link. */
function gatewayNetwork(uplink: Uplink, family: Family): string[] {
  const gateway = gatewayOf(uplink, family)
  return gateway === null ? [] : [asNetwork(gateway)]
}

/**
 * On every link there is, whatever its addresses (RFC 4291 2.5.6), and what is for everybody: it
 * leaves no link (RFC 919, RFC 1112).
 */
export const everyLink: ByFamily<readonly string[]> = {
  ipv4: ['224.0.0.0/4', '255.255.255.255/32'],
  ipv6: ['fe80::/10', 'ff00::/8'],
}

/**
 * Shorter ones are a default in parts: the halves of OpenVPN, or all that is no private network.
 * The widest networks that a house has are 10.0.0.0/8 and fc00::/7.
 */
const shortest: ByFamily<number> = { ipv4: 8, ipv6: 7 }

/** RFC 1918, RFC 3927, RFC 6598, RFC 4193. */
const privateNetworks = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  'fc00::/7',
]
