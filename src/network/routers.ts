/**
 * Which IPv6 router of a link is a WAN's, and which of the link's networks, where several WANs share
 * the link: two routers in one LAN, each with a prefix of its own. One machine is the router of both
 * families, so MACs tell the one; what routers say of themselves tells the other. What nobody tells
 * is never guessed.
 */
import { defaultDestination } from '../model/address.ts'
import { type HostState, mainTable, type NextHop } from '../model/host.ts'
import type { WanSettings } from '../model/settings/settings.ts'
import type { Hop, Uplink } from '../model/uplink.ts'
import { contains, networkOf } from './networks.ts'
import { isOurRoute } from './routes/route-operations.ts'

/** A WAN among those of its link. */
export interface Sharing {
  readonly link: string
  /** Its gateway's in IPv4; null: not known (yet). */
  readonly mac: string | null
  readonly table: number
  /** The other WANs of the link. */
  readonly others: readonly Other[]
}

interface Other {
  readonly given: WanSettings['ways']['ipv6']
  readonly mac: string | null
}

/** null: none is there, or none is known to be this WAN's. */
export function ownRouter(sharing: Sharing, host: HostState): string | null {
  const { link, mac, others } = sharing
  const there = routersOn(link, host)
  const macOf = (address: string) => macsOn(link, host).get(address) ?? null
  const own = mac === null ? undefined : there.find((address) => macOf(address) === mac)
  if (own !== undefined) return own
  const rivals = others.filter(({ given }) => given.kind === 'learned')
  const left = there.filter((address) => {
    const its = macOf(address)
    const isAnothers = others.some(
      (other) =>
        isSame(other.mac, its) ||
        (other.given.kind === 'address' && other.given.address === address),
    )
    // One with another MAC may still be what nobody else can mean: some have two.
    return !isAnothers && (rivals.length === 0 || mac === null || its === null)
  })
  if (rivals.length === 0) return left[0] ?? null
  const isFound = (other: Other) => there.some((address) => isSame(other.mac, macOf(address)))
  return left.length === 1 && rivals.every(isFound) ? (left[0] ?? null) : null
}

/** Why `ownRouter` found none, for people; null: no router is there at all. */
export function whyNoRouter({ link, mac }: Sharing, host: HostState): string | null {
  const there = routersOn(link, host)
  if (there.length === 0) return null
  const whose = mac === null ? 'a MAC that is not known (yet)' : `the MAC ${mac}`
  return (
    `none of the IPv6 routers of ${link} (${there.join(', ')}) is known to be its own: its IPv4 ` +
    `gateway has ${whose}. Give the address of its IPv6 gateway as gateway6`
  )
}

/**
 * The networks of the link that get replies by this gateway: of the Internet's where it has any. Empty:
 * nobody tells.
 */
export function ownNetworks(hop: Hop, sharing: Sharing, host: HostState): readonly string[] {
  if (hop.kind !== 'gateway') return []
  const { link, others } = sharing
  const mac = hop.mac ?? macsOn(link, host).get(hop.address) ?? null
  const given = isLinkLocal(hop.address) ? [] : [network64(hop.address)]
  const own = { address: hop.address, mac }
  const macs = others.map((other) => other.mac).filter((other) => other !== null)
  const said = saidBy(own, link, host).filter((network) => !isSaidByOther(network, own, link, host))
  const seen = said.length > 0 ? [] : seenOf(mac, link, host).filter(isAloneAmong(macs, link, host))
  const found = [...new Set([...given, ...said, ...seen])]
  const known = found.length > 0 ? found : rememberedOf(hop.address, sharing, host)
  const global = known.filter((network) => contains(globalAddresses, startOf(network)))
  return global.length > 0 ? global : known
}

/** The links whose routers have something to tell, and those of which something is not known yet. */
export function linksToAsk(
  wans: readonly WanSettings[],
  uplinks: readonly Uplink[],
): { readonly all: readonly string[]; readonly unsure: readonly string[] } {
  const meant = uplinks.filter(
    ({ index, sharesLink }) => sharesLink && wans[index]?.ways.ipv6.kind !== 'none',
  )
  const linksOf = (some: readonly Uplink[]) => [
    ...new Set(some.flatMap(({ link }) => (link === null ? [] : [link]))),
  ]
  const unsure = meant.filter(({ ways }) => ways.ipv6.prefixes.length === 0)
  return { all: linksOf(meant), unsure: linksOf(unsure) }
}

interface Speaker {
  readonly address: string
  readonly mac: string | null
}

function saidBy({ address, mac }: Speaker, link: string, { routers = [] }: HostState): string[] {
  return routers
    .filter((one) => one.link === link && (one.address === address || isSame(one.mac, mac)))
    .flatMap(({ prefixes }) => prefixes.map(canonical))
    .filter((network) => !isLinkLocal(network))
}

/** What two of them say is their own tells nothing. */
function isSaidByOther(network: string, own: Speaker, link: string, host: HostState): boolean {
  return (host.routers ?? []).some(
    (one) =>
      one.link === link &&
      one.address !== own.address &&
      !isSame(one.mac, own.mac) &&
      one.prefixes.some((prefix) => canonical(prefix) === network),
  )
}

/** A router that says nothing has an address of its own in its network, which this host has spoken to. */
function seenOf(
  mac: string | null,
  link: string,
  { neighbours = [], addresses }: HostState,
): string[] {
  const networks = addresses
    .filter((own) => own.family === 'ipv6' && own.link === link && own.scope === 'global')
    .map(networkOf)
  return neighbours
    .filter((one) => one.link === link && isSame(one.mac, mac) && one.address.includes(':'))
    .flatMap(({ address }) => networks.filter((network) => contains(network, address)))
}

function isAloneAmong(macs: readonly string[], link: string, host: HostState) {
  return (network: string) => !macs.some((mac) => seenOf(mac, link, host).includes(network))
}

/** Our own route by it has an address of that network: a run before this one had been told. */
function rememberedOf(gateway: string, { table, link }: Sharing, { routes, addresses }: HostState) {
  return routes
    .filter((route) => isOurRoute(route) && route.table === table)
    .filter(({ destination }) => destination === defaultDestination.ipv6)
    .filter(({ nextHops }) => nextHops.some((hop) => hop.gateway === gateway))
    .flatMap(({ source }) =>
      addresses.filter((own) => own.link === link && own.address === source).map(networkOf),
    )
}

/** Link-local ones, those of `main` first, the best of them at the front. */
function routersOn(link: string, { routes, routers = [] }: HostState): readonly string[] {
  const defaults = routes
    .filter(({ family, table, destination }) => {
      return family === 'ipv6' && table === mainTable && destination === defaultDestination.ipv6
    })
    .toSorted((a, b) => a.metric - b.metric)
    .flatMap(({ nextHops }) => nextHops)
    .filter(
      (hop): hop is NextHop & { gateway: string } => hop.link === link && hop.gateway !== null,
    )
  const heard = routers.filter((one) => one.link === link && one.offersDefault)
  return [
    ...new Set([...defaults.map(({ gateway }) => gateway), ...heard.map((one) => one.address)]),
  ]
}

/** By address. What a router says itself is younger than what the kernel keeps. */
function macsOn(link: string, { neighbours = [], routers = [] }: HostState) {
  const said = routers.flatMap(({ address, mac, ...one }) => {
    return one.link === link && mac !== null ? [[address, mac] as const] : []
  })
  const kept = neighbours.filter((one) => one.link === link)
  return new Map([...kept.map(({ address, mac }) => [address, mac] as const), ...said])
}

function isSame(one: string | null, other: string | null): boolean {
  return one !== null && one === other
}

function isLinkLocal(address: string): boolean {
  return contains('fe80::/10', startOf(address))
}

function network64(address: string): string {
  return networkOf({ address, prefixLength: 64 })
}

/** What stands behind the prefix means nothing (RFC 4861, 4.6.2). */
function canonical(network: string): string {
  const [address = '', length] = network.split('/')
  return networkOf({ address, prefixLength: Number(length) })
}

function startOf(network: string): string {
  return network.split('/')[0] ?? ''
}

const globalAddresses = '2000::/3'
