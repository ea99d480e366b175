/**
 * Where each WAN is on this host right now: its link, its gateways, its addresses, or why it can't
 * be used. Computed anew from every reading of the host.
 */
import ipaddr from 'ipaddr.js'
import type { Family } from '../model/address.ts'
import { defaultDestination } from '../model/address.ts'
import type { Address, HostState, Link } from '../model/host.ts'
import type { WanSettings } from '../model/settings.ts'

export interface Uplink {
  readonly name: string
  readonly index: number
  readonly table: number
  readonly link: string | null
  readonly gateway: string | null
  readonly gateway6: string | null
  /** Of the IPv4 gateway; null where it is not known (yet), or has none. */
  readonly gatewayMac: string | null
  /** The host's own addresses on the link. */
  readonly addresses: readonly Address[]
  /** null: nothing on this host stands in its way. */
  readonly problem: string | null
}

/** `before` is what was found last: a gateway that is silent now still has the MAC it had. */
export function resolveUplinks(
  wans: readonly WanSettings[],
  host: HostState,
  before: readonly Uplink[] = [],
): Uplink[] {
  return wans.map((wan) => {
    const uplink = resolveUplink(wan, host)
    const { link, gateway } = uplink
    const last = before.find((one) => one.link === link && one.gateway === gateway)
    return { ...uplink, gatewayMac: uplink.gatewayMac ?? last?.gatewayMac ?? null }
  })
}

/** The networks of a link, as CIDRs, from the host's addresses on it. */
export function connectedNetworks(addresses: readonly Address[], family: Family): string[] {
  const networks = new Set<string>()
  for (const address of addresses) {
    if (address.family !== family || address.scope === 'link' || address.scope === 'host') continue
    networks.add(networkOf(address))
  }
  return [...networks]
}

/** Whether another WAN is on the same link; never where it has none. */
export function sharesLink(uplink: Uplink, uplinks: readonly Uplink[]): boolean {
  const { link } = uplink
  return link !== null && uplinks.some((other) => other !== uplink && other.link === link)
}

export function contains(cidr: string, address: string): boolean {
  const [network, prefixLength] = ipaddr.parseCIDR(cidr)
  const parsed = ipaddr.parse(address)
  return parsed.kind() === network.kind() && parsed.match(network, prefixLength)
}

/** The network that an address lies in, as a CIDR. */
export function networkOf({
  address,
  prefixLength,
}: Pick<Address, 'address' | 'prefixLength'>): string {
  const text = `${address}/${prefixLength}`
  const network =
    ipaddr.parse(address).kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text)
  return `${network.toString()}/${prefixLength}`
}

function resolveUplink(wan: WanSettings, host: HostState): Uplink {
  const learned = wan.gateway === 'auto'
  const linkName = wan.interface ?? linkTowards(wan.gateway, host)
  const gateway = learned ? defaultGateway(linkName, 'ipv4', host) : wan.gateway
  const link = host.links.find(({ name }) => name === linkName)
  const addresses = host.addresses.filter((address) => address.link === linkName)
  const gateway6 = wan.gateway6 === 'auto' ? defaultGateway(linkName, 'ipv6', host) : wan.gateway6
  return {
    name: wan.name,
    index: wan.index,
    table: wan.table,
    link: linkName,
    gateway,
    gateway6: host.ipv6 && gateway6 !== 'none' ? gateway6 : null,
    gatewayMac: macOf(gateway, linkName, host),
    addresses,
    problem: problemOf({ wan, linkName, link, gateway, addresses }, host),
  }
}

function macOf(address: string | null, link: string | null, host: HostState): string | null {
  const entry = host.neighbours?.find((one) => one.address === address && one.link === link)
  return entry?.mac ?? null
}

interface Findings {
  readonly wan: WanSettings
  readonly linkName: string | null
  readonly link: Link | undefined
  readonly gateway: string | null
  readonly addresses: readonly Address[]
}

function problemOf(found: Findings, host: HostState): string | null {
  const { wan, linkName, link, gateway, addresses } = found
  if (linkName === null) {
    const networks = connectedNetworks(host.addresses, 'ipv4')
    return `the gateway ${wan.gateway} is in no network of this host (${networks.join(', ')})`
  }
  if (link === undefined) return `the interface ${linkName} does not exist (yet)`
  if (!link.up) return `the interface ${linkName} is switched off`
  if (!link.carrier) return `${linkName} has no carrier: is the cable in, is the peer on?`
  if (!addresses.some(({ family, usable }) => family === 'ipv4' && usable)) {
    return `${linkName} has no IPv4 address (yet)`
  }
  if (gateway === null) return `${linkName} has learned no gateway (yet)`
  if (!reaches(linkName, gateway, host)) {
    return `the gateway ${gateway} is not in a network of ${linkName}`
  }
  return null
}

/** The link whose own network holds the address; the narrowest one where there are several. */
function linkTowards(address: string, host: HostState): string | null {
  const found = host.addresses
    .filter((own) => own.prefixLength < 32 && contains(networkOf(own), address))
    .sort((a, b) => b.prefixLength - a.prefixLength)
  return found[0]?.link ?? null
}

/** By an address of the link, or by a route of `main` that leads straight onto it. */
function reaches(link: string, gateway: string, host: HostState): boolean {
  const byAddress = host.addresses.some(
    (own) => own.link === link && contains(networkOf(own), gateway),
  )
  if (byAddress) return true
  return host.routes.some(
    (route) =>
      route.table === mainTable &&
      contains(route.destination, gateway) &&
      route.nextHops.some((hop) => hop.link === link && (hop.gateway === null || hop.onlink)),
  )
}

function defaultGateway(link: string | null, family: Family, host: HostState): string | null {
  const found = host.routes
    .filter(
      (route) =>
        route.table === mainTable &&
        route.family === family &&
        route.destination === defaultDestination[family],
    )
    .sort((a, b) => a.metric - b.metric)
    .flatMap((route) => route.nextHops)
    .find((hop) => hop.link === link && hop.gateway !== null)
  return found?.gateway ?? null
}

export const mainTable = 254
