/** Random routes of `main` to neighbours, and packets between them; the same seed, the same. */
import { type Family, families } from '../../src/model/address.ts'
import type { Random } from '../random.ts'
import type { PacketWords } from './packet-bytes.ts'
import type { PanelGateway, PanelLink, Sender } from './patch-panel.ts'
import { gateways, links } from './random-policies.ts'

/** Beside the WANs' links and the LAN's: what Docker makes, and what a VPN does. */
export const houseLinks: readonly PanelLink[] = [
  ...links,
  { name: 'docker0', addresses: ['172.17.0.1/16', 'fd00:17::1/64', 'fe80::3/64'] },
  { name: 'tun0', addresses: ['10.8.0.1/24', 'fd00:8::1/64', 'fe80::3/64'] },
]

/** Who is on a link beside a WAN's gateway, as an inner router. */
export const machines: readonly PanelGateway[] = [
  machine(5, 'eth0', ['192.168.0.9', 'fd00:a::9']),
  machine(6, 'wwan0', ['10.9.0.9', '2001:db8:9::9']),
  machine(7, 'lan1', ['10.5.0.9', 'fd00:5::9']),
  machine(8, 'docker0', ['172.17.0.9', 'fd00:17::9']),
  machine(9, 'tun0', ['10.8.0.9', 'fd00:8::9']),
]

/** A network that a route of `main` leads to by one of them or, at last, by a WAN's gateway. */
interface InnerNetwork {
  readonly family: Family
  readonly network: string
  readonly by: PanelGateway
  readonly via: string
  readonly address: (random: Random) => string
}

export interface Neighbourhood {
  /** For `ip -batch`, in `main`. */
  readonly routes: readonly string[]
  readonly neighbours: readonly Neighbour[]
}

interface Neighbour {
  readonly family: Family
  readonly address: string
  readonly link: string
  readonly mac: string
  /** By a WAN's gateway, or that itself: it knows no way back to the clients' networks. */
  readonly byGateway: boolean
}

export interface NeighbourPacket extends PacketWords {
  readonly sender: Sender
  /** To an address of the host's own. */
  readonly arrives: boolean
  /** Our masquerading is what makes the gateway answer. */
  readonly mayBeTranslated: boolean
}

export function randomNeighbourhood(random: Random): Neighbourhood {
  const chosen = innerNetworks.filter(() => random.chance(0.7))
  const onLink = [...machines, ...gateways].flatMap((one) =>
    one.addresses
      .filter((address) => !address.startsWith('fe80'))
      .map((address) => ({
        family: familyOf(address),
        address,
        link: one.link,
        mac: one.mac,
        byGateway: gateways.some(({ name }) => name === one.name),
      })),
  )
  const behind = chosen.flatMap(({ family, by, address }) =>
    Array.from({ length: 8 }, () => ({
      family,
      address: address(random),
      link: by.link,
      mac: by.mac,
      byGateway: gateways.some(({ name }) => name === by.name),
    })),
  )
  return {
    routes: chosen.map(({ network, by, via }) => `${network} via ${via} dev ${by.link}`),
    neighbours: [...onLink, ...behind],
  }
}

/** From the host or a neighbour to another one or to the host; no two have both ends the same. */
export function randomPackets(
  random: Random,
  { neighbours }: Neighbourhood,
  count: number,
): NeighbourPacket[] {
  const packets = new Map<string, NeighbourPacket>()
  while (packets.size < count) {
    const packet = randomPacket(random, neighbours)
    if (packet !== null) packets.set(`${packet.from} ${packet.to}`, packet)
  }
  return [...packets.values()]
}

function randomPacket(random: Random, neighbours: readonly Neighbour[]): NeighbourPacket | null {
  const family = random.pick(families)
  const there = neighbours.filter((one) => one.family === family)
  const own = random.chance(0.35)
  const arrives = !own && random.chance(0.35)
  const source = random.pick(there)
  const target = random.pick(there)
  const from = own ? ownAddress(random, family) : source.address
  const to = arrives ? ownAddress(random, family) : target.address
  if (from === to) return null
  const protocol = random.pick(['tcp', 'tcp', 'udp', 'icmp'] as const)
  return {
    family,
    from,
    to,
    protocol,
    port: 1 + random.below(60_000),
    fromPort: 10_000 + random.below(50_000),
    running: random.chance(0.5),
    sender: own ? 'host' : { link: source.link, mac: source.mac },
    arrives,
    mayBeTranslated: !arrives && target.byGateway,
  }
}

function ownAddress(random: Random, family: Family): string {
  const own = houseLinks
    .flatMap(({ addresses }) => addresses.map((address) => address.split('/')[0] ?? ''))
    .filter((address) => familyOf(address) === family && !address.startsWith('fe80'))
  return random.pick(own)
}

function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

function machine(last: number, link: string, addresses: readonly string[]): PanelGateway {
  const mac = `02:00:00:00:01:0${last}`
  return { name: `near_${link}`, link, addresses: [...addresses, 'fe80::9'], mac }
}

function behind(name: string, network: string, via: string): InnerNetwork {
  const by = [...machines, ...gateways].find((one) => one.name === name)
  if (by === undefined) throw new Error(`there is no ${name}`)
  const [start = ''] = network.split('/')
  const address = (random: Random): string =>
    start.includes(':')
      ? `${start}${(1 + random.below(60_000)).toString(16)}`
      : `${start.split('.').slice(0, 3).join('.')}.${1 + random.below(250)}`
  return { family: familyOf(network), network, by, via, address }
}

const innerNetworks: readonly InnerNetwork[] = [
  behind('near_eth0', '10.20.0.0/16', '192.168.0.9'),
  behind('near_eth0', '203.0.113.0/24', '192.168.0.9'),
  behind('near_wwan0', '10.21.0.0/16', '10.9.0.9'),
  behind('near_lan1', '10.22.0.0/24', '10.5.0.9'),
  behind('near_docker0', '172.30.0.0/16', '172.17.0.9'),
  behind('near_tun0', '10.23.0.0/16', '10.8.0.9'),
  behind('primary', '10.24.0.0/16', '192.168.0.1'),
  behind('near_eth0', 'fd00:20::/48', 'fd00:a::9'),
  behind('near_wwan0', '2001:db8:21::/48', 'fe80::9'),
  behind('near_lan1', '2001:db8:22::/64', 'fd00:5::9'),
  behind('near_tun0', 'fd00:23::/48', 'fd00:8::9'),
]
