/**
 * Where each WAN is on this host right now: its link, and in each family its next hop, its
 * addresses, or why it can't be used. Computed afresh from every reading of the host.
 */
import { byFamily, defaultDestination, type Family, families } from '../model/address.ts'
import { type Address, type HostState, type Link, mainTable, type NextHop } from '../model/host.ts'
import type { WanSettings } from '../model/settings/settings.ts'
import type { GivenLink, GivenWay, Hop, Uplink, Way } from '../model/uplink.ts'
import { onLinkNetworks } from './neighbours.ts'
import { contains, networkOf } from './networks.ts'

/** `before` is what was found last: a gateway that is silent now still has the MAC it had. */
export function resolveUplinks(
  wans: readonly WanSettings[],
  host: HostState,
  before: readonly Uplink[] = [],
): Uplink[] {
  const links = wans.map((wan) => linkOf(wan, host))
  return wans.map((wan, position) => {
    const { name, index, table } = wan
    const link = links[position] ?? null
    const sharesLink = link !== null && links.filter((other) => other === link).length > 1
    const last = before.find((one) => one.name === name && one.link === link)
    const ways = byFamily((family) =>
      wayOf(wan, { link, family, host, last: last?.ways[family] ?? null }),
    )
    const kind = wan.tunnel === undefined ? {} : { isTunnel: true as const }
    return { name, index, table, link, sharesLink, ...kind, ways }
  })
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
}

function wayOf(wan: WanSettings, place: Place): Way {
  const { link, family, host } = place
  const given = wan.ways[family]
  const addresses = host.addresses.filter(
    (address) => address.link === link && address.family === family,
  )
  if (given.kind === 'none' || (family === 'ipv6' && !host.ipv6)) {
    return { hop: null, addresses, problem: null, notice: null }
  }
  const found = hopOf(given, place)
  const kept = given.kind === 'learned' && found === null ? keptHop(addresses, place) : null
  const hop = withLastMac(found ?? kept, place.last?.hop ?? null)
  const notice =
    kept === null ? null : `main has lost the default route of ${link}, ${hopText(kept)} is kept`
  return { hop, addresses, problem: problemOf({ given, hop, addresses }, place), notice }
}

function hopOf(given: GivenWay, place: Place): Hop | null {
  switch (given.kind) {
    case 'address':
      return gatewayHop(given.address, place)
    case 'learned': {
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
  const entry = host.neighbours?.find((one) => one.address === address && one.link === link)
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
}

function problemOf({ given, hop, addresses }: Findings, place: Place): string | null {
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
  if (hop === null) return `${place.link} has learned no gateway (yet)`
  if (hop.kind === 'gateway' && !reaches(place.link, hop.address, host)) {
    return `the gateway ${hop.address} is not in a network of ${place.link}`
  }
  return null
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

const familyName = { ipv4: 'IPv4', ipv6: 'IPv6' } as const
