/**
 * Which addresses are one device's, and which devices are the house's at all: not this host, no
 * gateway, no container, nobody on the network of a provider.
 */
import { familyOf } from '../../model/address.ts'
import type { DeviceTraces } from '../../model/device-trace.ts'
import type { HostState, Neighbour } from '../../model/host.ts'
import type { Uplink } from '../../model/uplink.ts'
import { networkOf } from '../../network/networks.ts'
import { houseAddresses } from './house-addresses.ts'
import { networkLookup, type Place, placeOf } from './network-lookup.ts'

export interface SeenDevice {
  /** The one that says most to people. */
  readonly address: string
  readonly place: Place
  readonly addresses: readonly string[]
  readonly mac: string | null
  /** By WAN. */
  readonly bytes: ReadonlyMap<string, number>
  /** How long ago it sent something through this host; null: not lately. */
  readonly quietMs: number | null
}

export interface Surroundings {
  readonly host: Pick<HostState, 'addresses' | 'links'>
  readonly uplinks: readonly Uplink[]
  readonly traces: DeviceTraces
}

export function gatherDevices(
  place: Surroundings,
  gateways: readonly string[],
): readonly SeenDevice[] {
  const { host, traces } = place
  const isOfHouse = houseLookup(place)
  const isContainer = containerLookup(place)
  const { present } = traces
  const houses = [...traces.neighbours, ...(present ?? [])].filter(isOfHouse)
  const macs = new Map(houses.map(({ address, mac }) => [address, mac]))
  const routers = gatewayMacs(place, gateways)
  const others = new Set([...host.addresses.map(({ address }) => address), ...gateways])
  const drafts = new Map<string, Draft>()
  const draftOf = (address: string): Draft => {
    const mac = macs.get(address) ?? null
    const key = mac ?? address
    const draft = drafts.get(key) ?? { mac, addresses: new Map(), bytes: new Map() }
    drafts.set(key, draft)
    if (!draft.addresses.has(address)) draft.addresses.set(address, null)
    return draft
  }
  // The kernel remembers for weeks who was there once.
  const there = present === null ? null : new Set(present.map(({ mac }) => mac))
  for (const { address, mac } of houses) {
    // What a router answers for is its own: its other addresses, or a network behind it.
    const isDevice = !others.has(address) && !routers.has(mac)
    if (isDevice && (there === null || there.has(mac))) draftOf(address)
  }
  for (const { address, wan, bytes, quietMs } of traces.counted) {
    if (others.has(address) || isContainer(address)) continue
    const draft = draftOf(address)
    draft.bytes.set(wan, (draft.bytes.get(wan) ?? 0) + bytes)
    draft.addresses.set(address, Math.min(draft.addresses.get(address) ?? quietMs, quietMs))
  }
  return [...drafts.values()].flatMap((draft) => settled(draft))
}

interface Draft {
  readonly mac: string | null
  /** How long ago each sent something through this host; null: not lately. */
  readonly addresses: Map<string, number | null>
  readonly bytes: Map<string, number>
}

/** Who has nothing but a link-local address speaks to this link alone. */
function settled({ addresses, ...rest }: Draft): SeenDevice[] {
  const wide = [...addresses].filter(([address]) => !linkLocal.test(address))
  const sorted = wide.toSorted(
    ([a, quietA], [b, quietB]) =>
      Number(familyOf(a) === 'ipv6') - Number(familyOf(b) === 'ipv6') ||
      (quietA ?? never) - (quietB ?? never) ||
      a.localeCompare(b),
  )
  const [first] = sorted
  if (first === undefined) return []
  const quiet = sorted.flatMap(([, quietMs]) => quietMs ?? [])
  return [
    {
      ...rest,
      address: first[0],
      place: placeOf(first[0]),
      addresses: sorted.map(([address]) => address),
      quietMs: quiet.length === 0 ? null : Math.min(...quiet),
    },
  ]
}

/** Neighbours in a network of the house's. */
function houseLookup({ host, traces }: Surroundings): (one: Neighbour) => boolean {
  const own = houseAddresses(host, traces.clientLinks)
  const links = new Set(own.map(({ link }) => link))
  const linksOf = networkLookup(own.map((one) => ({ cidr: networkOf(one), value: one.link })))
  return ({ address, link }) =>
    links.has(link) && (familyOf(address) === 'ipv6' || linksOf(placeOf(address)).includes(link))
}

/** Who is on a bridge that only containers and virtual machines are on. */
function containerLookup({ host, traces }: Surroundings): (address: string) => boolean {
  const bridges = host.links
    .filter(({ name, type }) => type === 'ether' && !traces.clientLinks.includes(name))
    .map(({ name }) => name)
  const own = host.addresses.filter(({ scope, link }) => scope !== 'link' && bridges.includes(link))
  const networks = networkLookup(own.map((one) => ({ cidr: networkOf(one), value: true })))
  return (address) => bridges.length > 0 && networks(placeOf(address)).length > 0
}

function gatewayMacs(
  { uplinks, traces }: Surroundings,
  gateways: readonly string[],
): ReadonlySet<string> {
  const all = [...traces.neighbours, ...(traces.present ?? [])]
  const found = all.filter(({ address }) => gateways.includes(address))
  const known = uplinks.flatMap(({ ways }) =>
    [ways.ipv4.hop, ways.ipv6.hop].flatMap((hop) => (hop?.kind === 'gateway' ? hop.mac : null)),
  )
  return new Set([...found.map(({ mac }) => mac), ...known.filter((mac) => mac !== null)])
}

/** Longer than anything is counted. */
const never = Number.MAX_SAFE_INTEGER
const linkLocal = /^fe[89ab]/
