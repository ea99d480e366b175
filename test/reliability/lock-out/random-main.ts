/**
 * A real host with every link that random options speak of, neighbours on each, and random routes
 * of `main`. The same number, the same.
 */
import ipaddr from 'ipaddr.js'
import { type Family, families } from '../../../src/model/address.ts'
import type { PacketWords } from '../../network/packet-bytes.ts'
import type { PanelGateway, PanelLink, Sender } from '../../network/patch-panel.ts'
import { houseLines, ownAddresses } from '../../plan/house-lines.ts'
import { Random } from '../../random.ts'

export const links: readonly PanelLink[] = Object.entries(ownAddresses).map(
  ([name, addresses]) => ({ name, addresses: [...new Set([...addresses, 'fe80::3/64'])] }),
)

const routers: readonly PanelGateway[] = houseLines
  .filter(({ link }) => links.some(({ name }) => name === link))
  .map(({ link, gateway, gateways6, mac }) => ({
    name: `router_${mac.slice(-2)}`,
    link,
    addresses: [gateway, ...gateways6],
    mac,
  }))

/** Whoever is on a link beside its routers, and may lead to a network of its own. */
const machines: readonly PanelGateway[] = links.map(({ name, addresses }, i) => ({
  name: `machine_${i}`,
  link: name,
  addresses: [...new Set(addresses.flatMap(besides))],
  mac: `02:00:00:00:02:${i.toString(16).padStart(2, '0')}`,
}))

export const everybody: readonly PanelGateway[] = [...routers, ...machines]

export interface Neighbour {
  readonly family: Family
  readonly address: string
  readonly by: PanelGateway
}

export interface RandomMain {
  /** For `ip -batch`, by family. */
  readonly routes: Readonly<Record<Family, readonly string[]>>
  readonly neighbours: readonly Neighbour[]
}

export interface NeighbourQuestion extends PacketWords {
  readonly sender: Sender
}

export function randomMain(number: number): RandomMain {
  const random = new Random(0x3a100 + number)
  const inner = machines
    .filter(() => random.chance(0.6))
    .map((by, i) => innerNetwork(by, 60 + i, random.chance(0.15)))
    .filter((network) => network !== null)
  const behindRouters = routers
    .filter(() => random.chance(0.2))
    .map((by, i) => innerNetwork(by, 120 + i, false))
    .filter((network) => network !== null)
  const networks = [...inner, ...behindRouters]
  const ipv4 = [
    '100.64.0.0/10 dev ppp0',
    '100.100.0.0/16 dev tailscale0',
    ...routers.filter(() => random.chance(0.5)).map(defaultBy),
    ...networks.map(({ route }) => route),
    ...closedNetworks.filter(() => random.chance(0.3)),
  ]
  const ipv6 = routers
    .filter(() => random.chance(0.4))
    .flatMap(({ link, addresses }, i) => {
      const gateway = addresses.find((address) => address.includes(':'))
      return gateway === undefined ? [] : [`default via ${gateway} dev ${link} metric ${200 + i}`]
    })
  const near = everybody.flatMap((by) =>
    by.addresses
      .filter((address) => !address.startsWith('fe80'))
      .map((address) => ({ family: familyOf(address), address, by })),
  )
  const far = networks.map(({ address, by }) => ({ family: 'ipv4' as const, address, by }))
  return { routes: { ipv4, ipv6 }, neighbours: [...near, ...far] }
}

/** Between neighbours and this host's addresses, both ways; no two with the same ends. */
export function randomQuestions(
  number: number,
  { neighbours }: RandomMain,
  count: number,
): NeighbourQuestion[] {
  const random = new Random(0x9e570 + number)
  const questions = new Map<string, NeighbourQuestion>()
  for (let tries = 0; questions.size < count && tries < 20 * count; tries += 1) {
    const family = random.pick(families)
    const there = neighbours.filter((one) => one.family === family)
    const source = random.pick(there)
    const dice = random.next()
    const own = random.pick(ownOf(family))
    const from = dice < 0.35 ? own : source.address
    const to = dice < 0.35 ? source.address : dice < 0.75 ? own : random.pick(there).address
    if (from === to) continue
    questions.set(`${from} ${to}`, {
      family,
      from,
      to,
      protocol: random.pick(['tcp', 'tcp', 'udp', 'icmp'] as const),
      port: random.pick([22, 53, 80, 443, 8123, 1 + random.below(60_000)]),
      fromPort: 10_000 + random.below(50_000),
      running: random.chance(0.4),
      sender: dice < 0.35 ? 'host' : { link: source.by.link, mac: source.by.mac },
    })
  }
  return [...questions.values()]
}

/**
 * Whoever is reached by a router, or at the other end of a line without one, may be reached with
 * another source address: they know no other.
 */
export function isByRouter({ neighbours }: RandomMain, address: string): boolean {
  return neighbours.some(
    ({ address: one, by }) => one === address && (routers.includes(by) || by.link === 'ppp0'),
  )
}

function defaultBy({ link, addresses }: PanelGateway, i: number): string {
  const way = link === 'ppp0' ? 'dev ppp0' : `via ${addresses[0]} dev ${link} onlink`
  return `default ${way} metric ${100 + i}`
}

/** A network behind that machine; one that looks like the Internet's now and then. */
function innerNetwork(by: PanelGateway, third: number, isPublic: boolean) {
  const via = by.addresses.find((address) => !address.includes(':'))
  if (via === undefined) return null
  const start = isPublic ? `20.${third}` : `10.${third}`
  const route = `${start}.0.0/16 via ${via} dev ${by.link} onlink`
  return { route, address: `${start}.7.7`, by }
}

/** Somebody else on the same network; alone on a link of its own, whoever is asked for there. */
function besides(cidr: string): string[] {
  const [own = '', length = ''] = cidr.split('/')
  if (own.startsWith('fe80')) return ['fe80::77']
  if (own.includes(':')) return [own.replace(/[^:]*$/, '77')]
  if (length === '32') return own.startsWith('100.64') ? ['100.64.0.77'] : ['100.100.7.7']
  // A network of two is full with this host and its router.
  if (length === '30') return []
  return [own.replace(/\d+$/, length === '28' ? '9' : '77')]
}

function ownOf(family: Family): readonly string[] {
  return links
    .flatMap(({ addresses }) => addresses.map((address) => address.split('/')[0] ?? ''))
    .filter((address) => familyOf(address) === family && !address.startsWith('fe80'))
}

function familyOf(address: string): Family {
  return ipaddr.parse(address).kind()
}

const closedNetworks = [
  'unreachable 10.250.0.0/16',
  'blackhole 10.251.0.0/16',
  'prohibit 10.252.0.0/16',
  'throw 10.253.0.0/16',
]
