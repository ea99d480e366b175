/**
 * Which prefix stands for a network of clients on a line that doesn't answer it, one to one (RFC
 * 6296, though with state): the same host part, another prefix. Only a prefix that is routed to this
 * host can: of the line's own link its router would ask for each address, and nobody answers.
 */
import { familyOf } from '../model/address.ts'
import { type HostState, mainTable } from '../model/host.ts'
import type { Settings } from '../model/settings/settings.ts'
import { hasWay, type Uplink } from '../model/uplink.ts'
import { delegatedNetworks, ownerOf } from './delegations.ts'
import { leadsBy } from './neighbours.ts'
import { isWithin, networkOf, prefixLengthOf } from './networks.ts'
import { rangeOf, rangeText } from './nft/address-ranges.ts'
import type { Wanted } from './wanted.ts'

export interface PrefixPair {
  /** The clients' network, another line's. */
  readonly inside: string
  /** As long, and this line's. */
  readonly outside: string
  /** Nobody has it in the house: whoever is asked there from outside is the client of the inside. */
  readonly isFree: boolean
}

export type Pairs = ReadonlyMap<string, readonly PrefixPair[]>

type Known = Pick<HostState, 'addresses' | 'routes'>

/** None where the user wants this machine's address everywhere, or the kernel can't. */
export function wantedPairs({ settings, uplinks, host, nat6, prefix6 }: Wanted): Pairs {
  const isWanted = settings.nat === 'auto' && nat6 !== false && prefix6 !== false
  return isWanted ? prefixPairs(uplinks, host, ledPrefixes(settings)) : new Map()
}

/**
 * By the name of the WAN that the clients' packets leave by; at most 32 for each. `led`: what
 * tunnels' servers lead here, of which no route tells.
 */
export function prefixPairs(
  uplinks: readonly Uplink[],
  host: Known,
  led: ReadonlyMap<string, readonly string[]> = new Map(),
): Pairs {
  const delegated = delegatedNetworks(uplinks, host)
  const pools = new Map([...poolsOf(uplinks, host, delegated), ...led])
  const taken = takenNetworks(uplinks, host)
  return new Map(
    uplinks.map(({ name }) => {
      const others = [...delegated].filter(([owner]) => owner !== name)
      const inside = others.flatMap(([, networks]) => networks).toSorted()
      const own = { pools: pools.get(name) ?? [], natives: delegated.get(name) ?? [], taken }
      return [name, pairsOf(inside.slice(0, mostPairs), own)]
    }),
  )
}

interface Outside {
  /** Routed to this host; whoever has more of them has them in `taken`. */
  readonly pools: readonly string[]
  /** In use by the house, and the line's own. */
  readonly natives: readonly string[]
  readonly taken: readonly string[]
}

function pairsOf(inside: readonly string[], { pools, natives, taken }: Outside): PrefixPair[] {
  const given: string[] = []
  return inside.flatMap((network): PrefixPair[] => {
    const free = freeIn(pools, network, [...taken, ...given])
    if (free !== null) {
      given.push(free)
      return [{ inside: network, outside: free, isFree: true }]
    }
    const asLong = natives.filter((one) => prefixLengthOf(one) === prefixLengthOf(network))
    const native = asLong.find((one) => !given.includes(one))
    if (native === undefined) return []
    given.push(native)
    return [{ inside: network, outside: native, isFree: false }]
  })
}

/** The subnet with the network's own number where it is free, else the first that is. */
function freeIn(
  pools: readonly string[],
  network: string,
  taken: readonly string[],
): string | null {
  const length = prefixLengthOf(network)
  for (const pool of pools) {
    const spare = length - prefixLengthOf(pool)
    if (spare < 0) continue
    const count = 1n << BigInt(spare)
    const size = 1n << BigInt(128 - length)
    const [base, own] = [startOf(pool), startOf(network)]
    const tried = count < mostTried ? count : mostTried
    for (let i = 0n; i < tried; i += 1n) {
      const first = base + ((own / size + i) % count) * size
      const subnet = `${rangeText({ family: 'ipv6', first, last: first, value: null })}/${length}`
      const overlaps = taken.some((one) => isWithin(subnet, one) || isWithin(one, subnet))
      if (!overlaps) return subnet
    }
  }
  return null
}

/** What a delegation leaves in `main` for the part of it that nobody has (RFC 7084 4.2 WPD-5). */
function poolsOf(
  uplinks: readonly Uplink[],
  { routes }: Known,
  delegated: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const lines = uplinks.filter((uplink) => hasWay(uplink, 'ipv6'))
  const pools = new Map<string, readonly string[]>()
  for (const { destination, family, table, type } of routes) {
    const isKept = type === 'unreachable' || type === 'blackhole' || type === 'prohibit'
    if (table !== mainTable || family !== 'ipv6' || !isKept || !isOfSite(destination)) continue
    const heir = [...delegated].find(([, all]) => all.some((one) => isWithin(one, destination)))
    const owner = ownerOf(destination, lines)?.name ?? heir?.[0]
    if (owner !== undefined) pools.set(owner, [...(pools.get(owner) ?? []), destination])
  }
  return pools
}

/** By tunnel, the IPv6 networks that its server leads here. */
function ledPrefixes({ wans }: Settings): ReadonlyMap<string, readonly string[]> {
  return new Map(
    wans.flatMap(({ name, tunnel }) => {
      const networks = (tunnel?.address ?? []).filter((one) => familyOf(one) === 'ipv6')
      const wide = networks.map(ledNetwork).filter(isOfSite)
      return wide.length === 0 ? [] : [[name, wide] as const]
    }),
  )
}

function ledNetwork(cidr: string): string {
  const [address = '', length] = cidr.split('/')
  return networkOf({ address, prefixLength: Number(length) })
}

/** On a link, or led to somebody; a tunnel's one address of what is led here stands in nobody's way. */
function takenNetworks(uplinks: readonly Uplink[], { addresses, routes }: Known): string[] {
  const tunnels = uplinks.filter(({ isTunnel }) => isTunnel === true)
  const own = addresses
    .filter(({ family }) => family === 'ipv6')
    .filter(({ link }) => tunnels.every((tunnel) => tunnel.link !== link))
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`)
  const led = routes.filter(
    ({ family, table, type, destination }) =>
      family === 'ipv6' && table === mainTable && type === 'unicast' && destination !== '::/0',
  )
  // What is wider than a site's is a VPN's.
  const networks = led
    .filter((route) => !tunnels.some((tunnel) => leadsBy(route, tunnel)))
    .map(({ destination }) => destination)
  return [...own, ...networks.filter((network) => prefixLengthOf(network) >= siteLength)]
}

function isOfSite(network: string): boolean {
  const length = prefixLengthOf(network)
  return length >= siteLength && length <= linkLength && isWithin(network, globalAddresses)
}

function startOf(cidr: string): bigint {
  return rangeOf(cidr, null).first
}

const globalAddresses = '2000::/3'
const siteLength = 48
const linkLength = 64
const mostPairs = 32
const mostTried = 256n
