/**
 * The neighbourhood: what `main` reaches without a default route, on a link or behind an inner
 * router, a VPN or a bridge of Docker. What is there is never the Internet's: nothing
 * meant for a WAN may touch a packet whose other end is a neighbour.
 */
import { type ByFamily, byFamily, defaultDestination, type Family } from '../model/address.ts'
import { type Address, type HostState, mainTable } from '../model/host.ts'
import type { Uplink } from '../model/uplink.ts'
import { networkOf, withoutContained } from './networks.ts'

/** Every neighbour of this host, as CIDRs: the networks of its links, and the routes of `main`. */
export function neighboursOf(host: HostState): ByFamily<readonly string[]> {
  return byFamily((family) =>
    withoutContained([
      ...everyLink[family],
      ...onLinkNetworks(host.addresses, family),
      ...host.routes
        .filter(({ table, type }) => table === mainTable && type === 'unicast')
        .filter((route) => route.family === family)
        .map(({ destination }) => destination)
        .filter((destination) => destination !== defaultDestination[family]),
    ]),
  )
}

/** Who is on the link of a WAN together with it, as CIDRs; of IPv6 the link-local ones too. */
export function besideUplink({ ways }: Pick<Uplink, 'ways'>, family: Family): string[] {
  return [...onLinkNetworks(ways[family].addresses, family), ...everyLink[family]]
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

/** On every link there is, whatever its addresses (RFC 4291 2.5.6). */
const everyLink: ByFamily<readonly string[]> = { ipv4: [], ipv6: ['fe80::/10'] }
