/**
 * Which IPv6 networks of the house are a WAN's: delegated by its provider (RFC 8415) and answered
 * by no other line. Nobody on the host tells: the addresses of the WAN's link have to.
 */
import ipaddr from 'ipaddr.js'
import { type HostState, mainTable } from '../model/host.ts'
import { hasWay, type Uplink } from '../model/uplink.ts'
import { leadsBy, onLinkNetworks } from './neighbours.ts'
import { isWithin, prefixLengthOf, withoutContained } from './networks.ts'

/** By the WAN's name, the networks behind this host that get replies by it, as CIDRs. */
export function delegatedNetworks(
  uplinks: readonly Uplink[],
  host: Pick<HostState, 'addresses' | 'routes'>,
): ReadonlyMap<string, readonly string[]> {
  const lines = uplinks.filter((uplink) => hasWay(uplink, 'ipv6'))
  const owned = new Map<string, string[]>()
  const give = (owner: Uplink, network: string): void => {
    owned.set(owner.name, [...(owned.get(owner.name) ?? []), network])
  }
  const doubtful: string[] = []
  for (const network of insideNetworks(lines, host)) {
    const owner = ownerOf(network, lines)
    if (owner === null) doubtful.push(network)
    else give(owner, network)
  }
  const onLink = onLinkNetworks(host.addresses, 'ipv6')
  const site = onlySite(doubtful.filter((network) => onLink.includes(network)))
  const heir = heirOf(lines)
  if (site !== null && heir !== null) {
    const ofSite = doubtful.filter((network) => commonWith(site)(startOf(network)) >= siteLength)
    for (const network of ofSite) give(heir, network)
  }
  return owned
}

/**
 * Global ones that `main` has on a link or behind an inner router, but not the WANs' own links'.
 * Wider than a site's are a VPN's; so is an address alone.
 */
function insideNetworks(
  lines: readonly Uplink[],
  { addresses, routes }: Pick<HostState, 'addresses' | 'routes'>,
): readonly string[] {
  const outside = lines.flatMap(({ ways }) => onLinkNetworks(ways.ipv6.addresses, 'ipv6'))
  const behind = routes.filter(
    ({ family, table, type, nextHops }) =>
      family === 'ipv6' && table === mainTable && type === 'unicast' && nextHops.length > 0,
  )
  const networks = [
    ...onLinkNetworks(addresses, 'ipv6'),
    ...behind
      .filter((route) => !lines.some((line) => leadsBy(route, line)))
      .map(({ destination }) => destination),
  ]
    .filter(
      (network) => prefixLengthOf(network) >= siteLength && prefixLengthOf(network) <= linkLength,
    )
    .filter((network) => isWithin(network, globalAddresses))
    .filter((network) => !outside.some((other) => isWithin(network, other)))
  return withoutContained(networks)
}

/**
 * A provider gives a site one /48 or less, mostly the link's own prefix of the same (RFC 6177), and
 * has a /32 or more itself, which no other provider has. null: the addresses don't tell.
 */
export function ownerOf(network: string, lines: readonly Uplink[]): Uplink | null {
  const found = lines
    .map((line) => ({ line, common: Math.max(0, ...ownAddresses(line).map(commonWith(network))) }))
    .sort((a, b) => b.common - a.common)
  const [best, second] = found
  if (best === undefined) return null
  const next = second?.common ?? 0
  const sameSite = best.common >= siteLength && best.common > next
  const onlyProvider = best.common >= providerLength && next < providerLength
  return sameSite || onlyProvider ? best.line : null
}

/**
 * One delegation that no address tells of is the line's that shows none of its own, else the
 * preferred one's: a house's main line delegates, a stick doesn't.
 */
function heirOf(lines: readonly Uplink[]): Uplink | null {
  return lines.find((line) => ownAddresses(line).length === 0) ?? lines[0] ?? null
}

/**
 * null where there are several: at most one could be the heir's. Then all are translated
 * everywhere, for a reply counts more than an address of one's own.
 */
function onlySite(networks: readonly string[]): string | null {
  const [one = null, ...others] = networks
  const isSame = (other: string) => one !== null && commonWith(one)(startOf(other)) >= siteLength
  return others.every(isSame) ? one : null
}

function ownAddresses({ ways }: Uplink): string[] {
  const { addresses, prefixes } = ways.ipv6
  const own = prefixes.length > 0 ? prefixes.map(startOf) : addresses.map(({ address }) => address)
  return own.filter((address) => isWithin(`${address}/128`, globalAddresses))
}

/** How many bits an address has in common with the network from the first one on. */
function commonWith(network: string): (address: string) => number {
  const own = ipaddr.parse(startOf(network)).toByteArray()
  return (address) => {
    const differences = ipaddr
      .parse(address)
      .toByteArray()
      .map((byte, i) => byte ^ (own[i] ?? 0))
    const position = differences.findIndex((bits) => bits !== 0)
    if (position < 0) return 128
    return 8 * position + Math.clz32(differences[position] ?? 0) - 24
  }
}

function startOf(network: string): string {
  return network.split('/')[0] ?? ''
}

/** All that is routed over the Internet (RFC 4291 2.4, as IANA has given it out). */
const globalAddresses = '2000::/3'
const siteLength = 48
const linkLength = 64
const providerLength = 32
