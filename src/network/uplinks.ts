/**
 * Where each WAN is on this host right now: its link, and in each family its next hop, its
 * addresses, or why it can't be used. Computed afresh from every reading of the host.
 */
import { defaultDestination, type Family, families } from '../model/address.ts'
import { type Address, type HostState, type Link, mainTable, type NextHop } from '../model/host.ts'
import type { WanSettings } from '../model/settings/settings.ts'
import type { GivenLink, GivenWay, Hop, Uplink, Way } from '../model/uplink.ts'
import { onLinkNetworks } from './neighbours.ts'
import { contains, isBeside } from './networks.ts'
import { ownNetworks, ownRouter, type Sharing, whyNoRouter } from './routers.ts'

/** `before` is what was found last: a gateway that is silent now still has the MAC it had. */
export function resolveUplinks(
  wans: readonly WanSettings[],
  host: HostState,
  before: readonly Uplink[] = [],
): Uplink[] {
  const links = wans.map((wan) => linkOf(wan, host))
  const placed = wans.map((wan, position): Placed => {
    const link = links[position] ?? null
    const last = before.find((one) => one.name === wan.name && one.link === link)?.ways ?? null
    const place = { link, host, sharing: null }
    const ipv4 = wayOf(wan, { ...place, family: 'ipv4', last: last?.ipv4 ?? null })
    return { wan, link, ipv4, lastIpv6: last?.ipv6 ?? null }
  })
  return placed.map((own): Uplink => {
    const { wan, link, ipv4, lastIpv6 } = own
    const { name, index, table } = wan
    const sharing = sharingOf(own, placed)
    const ipv6 = wayOf(wan, { link, host, family: 'ipv6', last: lastIpv6, sharing })
    const kind = wan.tunnel === undefined ? {} : { isTunnel: true as const }
    const sharesLink = sharing !== null
    return { name, index, table, link, sharesLink, ...kind, ways: { ipv4, ipv6 } }
  })
}

interface Placed {
  readonly wan: WanSettings
  readonly link: string | null
  readonly ipv4: Way
  readonly lastIpv6: Way | null
}

/** null: the WAN has its link to itself, or none. */
function sharingOf(own: Placed, placed: readonly Placed[]): Sharing | null {
  const { link, ipv4, wan } = own
  const others = placed.filter((other) => other !== own && other.link === link)
  if (link === null || others.length === 0) return null
  return {
    link,
    mac: macOf(ipv4),
    table: wan.table,
    others: others.map((other) => ({ given: other.wan.ways.ipv6, mac: macOf(other.ipv4) })),
  }
}

function macOf({ hop }: Way): string | null {
  return hop?.kind === 'gateway' ? hop.mac : null
}

/** The link that the options name, else the one that leads to a gateway they give. */
function linkOf(wan: WanSettings, host: HostState): string | null {
  if (wan.interface !== null) return nameOf(wan.interface, host)
  for (const family of families) {
    const given = wan.ways[family]
    if (given.kind === 'address') return linkTowards(given.address, host)
  }
  return null
}

/** Of several with one MAC, as with VLANs, the one that has an address. */
function nameOf(given: GivenLink, host: HostState): string | null {
  if (given.kind === 'name') return given.name
  const found = host.links.filter(({ mac }) => mac === given.mac).map(({ name }) => name)
  const used = found.find((name) => host.addresses.some(({ link }) => link === name))
  return used ?? found[0] ?? null
}

interface Place {
  readonly link: string | null
  readonly family: Family
  readonly host: HostState
  /** As it was found last, on the same link. */
  readonly last: Way | null
  /** In IPv6, where other WANs are on the same link: none of its routers is a WAN's by itself. */
  readonly sharing: Sharing | null
}

function wayOf(wan: WanSettings, place: Place): Way {
  const { link, family, host, sharing } = place
  const given = wan.ways[family]
  const addresses = host.addresses.filter(
    (address) => address.link === link && address.family === family,
  )
  if (given.kind === 'none' || (family === 'ipv6' && !host.ipv6)) {
    return { hop: null, addresses, prefixes: [], problem: null, notice: null }
  }
  const found = hopOf(given, place)
  const kept = given.kind === 'learned' && found === null ? keptHop(addresses, place) : null
  const hop = withLastMac(found ?? kept, place.last?.hop ?? null)
  const prefixes = hop === null || sharing === null ? [] : ownNetworks(hop, sharing, host)
  const notice =
    kept === null || sharing !== null
      ? null
      : `main has lost the default route of ${link}, ${hopText(kept)} is kept`
  const problem = problemOf({ given, hop, addresses, prefixes }, place)
  return { hop, addresses, prefixes, problem, notice }
}

function hopOf(given: GivenWay, place: Place): Hop | null {
  switch (given.kind) {
    case 'address':
      return gatewayHop(given.address, place)
    case 'learned': {
      if (place.sharing !== null) {
        const own = ownRouter(place.sharing, place.host)
        return own === null ? null : gatewayHop(own, place)
      }
      const learned = defaultHop(place)
      if (learned === null) return null
      return learned.gateway === null ? { kind: 'link' } : gatewayHop(learned.gateway, place)
    }
    case 'link':
      return { kind: 'link' }
    case 'none':
      return null
  }
}

/**
 * Others take a default out of `main` while link and address live on, as NetworkManager does with a
 * line that fails its own check. What was learned holds until the link or its addresses change; the
 * probes say whether it answers.
 */
function keptHop(addresses: readonly Address[], { link, host, last }: Place): Hop | null {
  if (last === null || last.hop === null || addresses.length === 0) return null
  const isUp = host.links.some(({ name, up, carrier }) => name === link && up && carrier)
  const own = new Set(addresses.map(({ address }) => address))
  const isSame = last.addresses.some(({ address, scope }) => scope !== 'link' && own.has(address))
  return isUp && isSame ? last.hop : null
}

function hopText(hop: Hop): string {
  return hop.kind === 'gateway' ? `its gateway ${hop.address}` : 'the line'
}

function gatewayHop(address: string, { link, host }: Place): Hop {
  const known = [...(host.neighbours ?? []), ...(host.routers ?? [])]
  const entry = known.find((one) => one.address === address && one.link === link)
  return { kind: 'gateway', address, mac: entry?.mac ?? null }
}

function withLastMac(hop: Hop | null, last: Hop | null): Hop | null {
  if (hop?.kind !== 'gateway' || hop.mac !== null || last?.kind !== 'gateway') return hop
  return last.address === hop.address ? { ...hop, mac: last.mac } : hop
}

interface Findings {
  readonly given: GivenWay
  readonly hop: Hop | null
  readonly addresses: readonly Address[]
  readonly prefixes: readonly string[]
}

function problemOf({ given, hop, addresses, prefixes }: Findings, place: Place): string | null {
  const { family, host } = place
  if (place.link === null) {
    if (given.kind !== 'address') return 'its interface does not exist (yet)'
    const networks = onLinkNetworks(host.addresses, family)
    return `the gateway ${given.address} is in no network of this host (${networks.join(', ')})`
  }
  const fault = linkProblem(
    place.link,
    host.links.find(({ name }) => name === place.link),
  )
  if (fault !== null) return fault
  if (!addresses.some(({ usable }) => usable)) {
    return `${place.link} has no ${familyName[family]} address (yet)`
  }
  if (hop === null) {
    const why = place.sharing === null ? null : whyNoRouter(place.sharing, host)
    return why ?? `${place.link} has learned no gateway (yet)`
  }
  if (hop.kind === 'gateway' && !reaches(place.link, hop.address, host)) {
    return `the gateway ${hop.address} is not in a network of ${place.link}`
  }
  return prefixProblem({ hop, addresses, prefixes }, place.link, host)
}

/**
 * By its gateway nobody replies to another line's address, and nothing can be probed. An address of
 * the Internet's that no router speaks of may be anybody's.
 */
function prefixProblem(
  { hop, addresses, prefixes }: Omit<Findings, 'given'>,
  link: string,
  { routers = [] }: HostState,
): string | null {
  const said = routers.filter((one) => one.link === link).flatMap((one) => one.prefixes)
  const others = [...said, privateAddresses].filter((prefix) => !prefixes.includes(prefix))
  const mayReply = ({ address, usable, scope }: Address) =>
    usable &&
    scope === 'global' &&
    (prefixes.some((prefix) => contains(prefix, address)) ||
      !others.some((prefix) => contains(prefix, address)))
  if (hop?.kind !== 'gateway' || prefixes.length === 0 || addresses.some(mayReply)) return null
  return (
    `${link} has no address (yet) in ${prefixes.join(' or ')}, the only network that the router ` +
    `${hop.address} replies to`
  )
}

function linkProblem(name: string, link: Link | undefined): string | null {
  if (link === undefined) return `the interface ${name} does not exist (yet)`
  if (!link.up) return `the interface ${name} is switched off`
  if (!link.carrier) return `${name} has no carrier: is the cable in, is the peer on?`
  return null
}

/** The link whose own network holds the address; the narrowest one where there are several. */
function linkTowards(address: string, host: HostState): string | null {
  const found = host.addresses
    .filter((own) => own.prefixLength < 32 && isBeside(own, address))
    .sort((a, b) => b.prefixLength - a.prefixLength)
  return found[0]?.link ?? null
}

/** By an address of the link, or by a route of `main` that leads straight onto it. */
function reaches(link: string, gateway: string, host: HostState): boolean {
  const byAddress = host.addresses.some((own) => own.link === link && isBeside(own, gateway))
  if (byAddress) return true
  return host.routes.some(
    (route) =>
      route.table === mainTable &&
      contains(route.destination, gateway) &&
      route.nextHops.some((hop) => hop.link === link && (hop.gateway === null || hop.onlink)),
  )
}

/** Of `main`'s default routes by this link the best one with a gateway, else the best without. */
function defaultHop({ link, family, host }: Place): NextHop | null {
  const hops = host.routes
    .filter(
      (route) =>
        route.table === mainTable &&
        route.family === family &&
        route.destination === defaultDestination[family],
    )
    .sort((a, b) => a.metric - b.metric)
    .flatMap((route) => route.nextHops)
    .filter((hop) => hop.link === link)
  return hops.find(({ gateway }) => gateway !== null) ?? hops[0] ?? null
}

/** RFC 4193. */
const privateAddresses = 'fc00::/7'

const familyName = { ipv4: 'IPv4', ipv6: 'IPv6' } as const
