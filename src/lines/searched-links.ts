/** Where on this host lines to the Internet may be: its links, and whom to ask on each. */
import ipaddr from 'ipaddr.js'
import { defaultDestination, familyOf } from '../model/address.ts'
import type { Address, HostState, Link } from '../model/host.ts'
import type { KnownGateway, SearchedLink, SearchedSubnet } from '../model/line-search.ts'

/** `gateways` are asked first, wherever their address lies. */
export function searchedLinks(
  host: HostState,
  gateways: readonly KnownGateway[],
): readonly SearchedLink[] {
  return host.links
    .filter((link) => mayHaveLines(link, host))
    .map((link) => searchedLink(link, { host, gateways }))
    .filter(({ subnets }) => subnets.length > 0)
}

/** A stick without an address can't be searched, and is what its owner misses. */
export function sticksWithoutAddress(host: HostState): readonly string[] {
  return host.links
    .filter((link) => /^(ww|usb|enx)/.test(link.name) && mayHaveLines(link, host))
    .map(({ name }) => name)
    .filter((name) => !host.addresses.some((one) => one.link === name && one.family === 'ipv4'))
}

interface Surroundings {
  readonly host: HostState
  readonly gateways: readonly KnownGateway[]
}

function searchedLink(link: Link, { host, gateways }: Surroundings): SearchedLink {
  const { name, index, type, mac } = link
  const isEthernet = type === 'ether'
  const own = host.addresses.filter((address) => address.link === name && address.usable)
  const ipv6 = own.filter(({ family }) => family === 'ipv6')
  const ipv4 = own.filter(({ family, scope }) => family === 'ipv4' && scope === 'global')
  const known = gateways.filter((one) => one.link === name).map(({ address }) => address)
  // A gateway outside all subnets, as some providers have it, is asked from the first address.
  const homeOf = (gateway: string) => ipv4.find((one) => isIn(one, gateway)) ?? ipv4[0]
  return {
    name,
    index,
    mac: isEthernet ? mac : null,
    subnets: ipv4.map((address) => {
      const first = known.filter((gateway) => homeOf(gateway) === address)
      const ask = isEthernet ? whomToAsk(address, first, { host }) : []
      return { own: address.address, ask }
    }),
    direct: !isEthernet || /^ww/.test(name) || hasDefaultWithoutGateway(name, host),
    linkLocal: ipv6.find(({ scope }) => scope === 'link')?.address ?? null,
    global6: ipv6.filter(({ scope }) => scope === 'global').map(({ address }) => address),
  }
}

/** Up, and no way to containers, virtual machines or into a VPN. */
function mayHaveLines({ name, type, up, carrier }: Link, { docker }: HostState): boolean {
  if (!up || !carrier || internalNames.test(name)) return false
  if (type === 'ppp' || type === 'rawip') return true
  // A stick that speaks plain IP looks like a VPN's link, but for its name.
  if (type === 'none') return /^(ww|rmnet|usb)/.test(name)
  if (type !== 'ether') return false
  // Where /sys is of another network nothing is known of any link.
  const known = docker?.clientLinks ?? []
  return known.length === 0 || known.includes(name)
}

/** Everybody in a home's subnet; where it is larger, or a provider's, whom one would guess. */
function whomToAsk(
  own: Address,
  known: readonly string[],
  { host }: Pick<Surroundings, 'host'>,
): SearchedSubnet['ask'] {
  const { link, address, prefixLength } = own
  const network = toNumber(ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefixLength}`))
  const size = 2 ** (32 - prefixLength)
  const isWhole = size <= largestScan && isPrivate(address)
  const neighbours = (host.neighbours ?? []).filter(
    (one) => one.link === link && isIn(own, one.address),
  )
  const [first, last] = size > 2 ? [network + 1, network + size - 2] : [network, network + size - 1]
  const near = Math.floor(toNumber(ipaddr.IPv4.parse(address)) / 256) * 256
  const scanned = isWhole ? range(first, last) : isPrivate(address) ? range(near, near + 255) : []
  const all = [
    ...known,
    ...[first, last].map(toText),
    ...neighbours.map((one) => one.address),
    ...scanned.map(toText),
  ]
  const ours = new Set(host.addresses.map((one) => one.address))
  return [...new Set(all)].filter((one) => !ours.has(one)).slice(0, largestScan)
}

function isIn({ address, prefixLength }: Address, other: string): boolean {
  if (familyOf(other) !== 'ipv4') return false
  return ipaddr.IPv4.parse(other).match(ipaddr.IPv4.parse(address), prefixLength)
}

/** RFC 1918: others' networks are no business of ours. */
function isPrivate(address: string): boolean {
  return ipaddr.IPv4.parse(address).range() === 'private'
}

function hasDefaultWithoutGateway(link: string, { routes }: HostState): boolean {
  return routes
    .filter(({ family, destination }) => destination === defaultDestination[family])
    .some(({ nextHops }) => nextHops.some((hop) => hop.link === link && hop.gateway === null))
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, step) => first + step)
}

function toNumber(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0)
}

function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}

/** Docker's, the Supervisor's, virtual machines', Kubernetes', VPNs' and our own tunnels'. */
const internalNames =
  /^(lo$|docker|hassio|br-[\da-f]{12}$|veth|virbr|vnet|lxc|cni|cali|flannel|dummy|ifb|wf-|wg|tailscale|zt|tun|tap|nordlynx|proton|macvtap)/

/** A /22. */
const largestScan = 1024
