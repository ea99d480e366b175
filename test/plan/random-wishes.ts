/**
 * What a running daemon knows that a plan alone doesn't: healths, what users have asked for, which
 * flows stay, what was counted. WANs go by their position: the same number fits any options.
 */
import { Random } from '../random.ts'
import { clients } from './house-lines.ts'

type State = 'up' | 'degraded' | 'down' | 'unknown' | 'disabled'

export interface Wishes {
  /** Of each WAN, first and later. */
  readonly healths: readonly (readonly [State, State])[]
  /** null: automatic. */
  readonly mode: number | null
  /** The WAN that a failover test avoids. */
  readonly test: number | null
  /** Of each policy, the place in its list of the WAN that was chosen by hand. */
  readonly chosen: readonly (number | null)[]
  readonly capped: readonly number[]
  readonly kept: readonly number[]
  readonly cut: readonly number[]
  readonly canMark: boolean
  readonly canList: boolean | null
  readonly nat6: boolean | null
  /** Whether bytes are counted, and of each WAN how many it has carried. */
  readonly used: readonly number[] | null
  /** The WAN that a plan assumes to be down. */
  readonly down: number
  readonly packets: readonly Packet[]
}

export interface Packet {
  readonly family: 'ipv4' | 'ipv6'
  readonly from: string
  readonly to: string
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
  readonly port?: number
}

export function randomWishes(options: number, host: number): Wishes {
  const random = new Random(options * 1_000 + host)
  const some = (probability: number) => positions.filter(() => random.chance(probability))
  return {
    healths: positions.map(() => [random.pick(states), random.pick(states)]),
    mode: random.chance(0.15) ? random.below(positions.length) : null,
    test: random.chance(0.4) ? random.below(positions.length) : null,
    chosen: positions.map(() => (random.chance(0.15) ? random.below(3) : null)),
    capped: some(0.1),
    kept: some(0.5),
    cut: some(0.3),
    canMark: random.chance(0.8),
    canList: random.pick([null, true, false]),
    nat6: random.pick([null, true, false]),
    used: random.chance(0.8) ? positions.map(() => random.below(1_000_000_000)) : null,
    down: options + host,
    packets: Array.from({ length: 3 }, () => randomPacket(random)),
  }
}

function randomPacket(random: Random): Packet {
  const family = random.chance(0.7) ? 'ipv4' : 'ipv6'
  const protocol = random.pick(['tcp', 'udp', 'icmp', null] as const)
  const hasPort = protocol === 'tcp' || protocol === 'udp'
  return {
    family,
    from: random.pick(clients[family]),
    to: random.pick(targets[family]),
    ...(protocol === null ? {} : { protocol }),
    ...(hasPort && random.chance(0.8) ? { port: random.pick(ports) } : {}),
  }
}

const positions = [0, 1, 2, 3, 4, 5, 6, 7]
const states: readonly State[] = ['up', 'up', 'up', 'degraded', 'down', 'unknown', 'disabled']
const ports = [22, 53, 80, 443, 5050, 5095, 8123, 61_050]
const targets = {
  ipv4: [
    ...['203.0.113.77', '198.51.100.7', '93.184.216.34', '20.0.0.1', '8.8.8.8'],
    ...['192.168.0.70', '10.50.1.1', '10.5.0.21', '172.17.0.3', '192.168.0.1'],
  ],
  ipv6: ['2606:4700:4700::1111', '2a00::1', '2001:db8:ffff::9', 'fd00:5::21', '2001:db8:a::51'],
} as const
