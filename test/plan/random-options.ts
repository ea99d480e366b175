/**
 * Option files as users write them: as YAML or JSON, with or without what has a default, in any
 * spelling. The same number, the same text.
 */
import { stringify } from 'yaml'
import { Random } from '../random.ts'
import { clientMacs, clients, type HouseLine, houseLines } from './house-lines.ts'

/** Each is valid; a test holds that. */
export function randomOptions(number: number): string {
  const random = new Random(0x0b710 + number)
  const wans = randomWans(random)
  const names = wans.map(({ name }) => name)
  const options = {
    wans,
    ...perhaps(random, 0.85, () => ({ policies: randomPolicies(random, names) })),
    ...perhaps(random, 0.5, () => ({ default_policy: randomDefaultPolicy(random, names) })),
    ...perhaps(random, 0.4, () => ({ probe: randomProbe(random) })),
    ...perhaps(random, 0.3, () => ({ failback: randomFailback(random) })),
    ...perhaps(random, 0.6, () => ({ nat: random.pick(['auto', 'always', 'never']) })),
    ...perhaps(random, 0.6, () => ({ test_failover: randomTest(random) })),
    ...perhaps(random, 0.2, () => ({ on_stop: random.pick(['restore', 'keep']) })),
    ...perhaps(random, 0.2, () => ({ log_level: random.pick(['info', 'debug']) })),
    ...perhaps(random, 0.1, () => ({ web: { port: random.pick([0, 8099]) } })),
  }
  return random.chance(0.5) ? stringify(options) : JSON.stringify(options, null, 2)
}

interface WanOptions {
  readonly name: string
  readonly gateway: string
  readonly gateway6?: string
  readonly interface?: string
  readonly [option: string]: unknown
}

function randomWans(random: Random): WanOptions[] {
  const count = random.pick(wanCounts)
  const names = shuffled(random, wanNames)
  const tables = shuffled(random, ownTables)
  // No link may have two WANs that learn their gateway, nor two with the same one for IPv6.
  const taken = new Set<string>()
  const lines = houseLines.map((line) => {
    const isCommon = line.link === 'eth0' || line.link === 'eth1'
    return { line, place: random.next() / (isCommon ? 6 : 1) }
  })
  return lines
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ line }, index) => ({
      name: names[index] ?? '',
      ...randomPlace(random, line, taken),
      ...perhaps(random, 0.4, () => ({ table: tables[index] })),
      ...perhaps(random, 0.4, () => ({ metered: random.chance(0.7) })),
      ...perhaps(random, 0.3, () => ({ cap_mb: random.pick([0, 500, 10_000, 1_000_000]) })),
      ...perhaps(random, 0.2, () => ({ billing_day: 1 + random.below(28) })),
      ...perhaps(random, 0.4, () => ({ weight: random.pick([1, 2, 3, 10, 256]) })),
      ...perhaps(random, 0.4, () => ({ inbound: random.pick(['open', 'established']) })),
    }))
}

function randomPlace(random: Random, line: HouseLine, taken: Set<string>) {
  const learns = !taken.has(`${line.link} auto`) && random.chance(0.2)
  if (learns) taken.add(`${line.link} auto`)
  // The wrong link now and then: such a WAN can't be used, and the plan has to bear it.
  const misplaced = !learns && line.twin === undefined && random.chance(0.04)
  const link = misplaced ? 'lan1' : line.link
  const named = learns || misplaced || line.twin === true || random.chance(0.4)
  return {
    gateway: learns ? 'auto' : line.gateway,
    ...randomGateway6(random, { ...line, link }, taken),
    ...(named ? { interface: link } : {}),
  }
}

function randomGateway6(random: Random, { link, gateways6 }: HouseLine, taken: Set<string>) {
  const dice = random.next()
  if (dice < 0.3) return {}
  const choices = ['auto', ...gateways6].filter((choice) => !taken.has(`${link} 6 ${choice}`))
  if (dice < 0.4 || choices.length === 0) return { gateway6: 'none' }
  const gateway6 = dice < 0.6 ? (choices[0] ?? 'none') : random.pick(choices)
  taken.add(`${link} 6 ${gateway6}`)
  return { gateway6: spelled(random, gateway6) }
}

function randomPolicies(random: Random, wans: readonly string[]) {
  const count = random.pick([0, 1, 1, 1, 2, 2, 3, 3, 4, 6])
  return Array.from({ length: count }, (_, i) =>
    randomPolicy(random, `${random.pick(words)}_${i}`, wans),
  )
}

function randomPolicy(random: Random, name: string, wans: readonly string[]) {
  const from = randomClients(random, 1 + random.below(random.chance(0.06) ? 30 : 4))
  const protocol = random.pick(['any', 'any', 'tcp', 'udp', 'icmp'])
  const hasPorts = protocol === 'tcp' || protocol === 'udp'
  return {
    name,
    from: from.map((client) => spelled(random, client)),
    ...perhaps(random, 0.35, () => ({ to: randomTargets(random, from) })),
    ...(protocol === 'any' && random.chance(0.7) ? {} : { protocol }),
    ...(hasPorts ? perhaps(random, 0.7, () => ({ ports: randomPorts(random) })) : {}),
    use: randomUse(random, wans),
    ...perhaps(random, 0.35, () => ({ balance: random.chance(0.7) })),
    ...perhaps(random, 0.3, () => ({ over_cap: random.chance(0.7) })),
  }
}

function randomClients(random: Random, count: number): string[] {
  const dice = random.next()
  if (dice < 0.08) return ['all']
  if (dice < 0.16) return ['host']
  return shuffled(random, dice < 0.5 ? devices : everybody).slice(0, count)
}

/** Of a family that `from` has: who has an IPv4 address only never asks for an IPv6 one. */
function randomTargets(random: Random, from: readonly string[]): string[] {
  const both = from.some((client) => !/^[\d.:a-f/]+$/.test(client) || clientMacs.includes(client))
  const isNeeded = (network: string) =>
    both || from.some((client) => client.includes(':') === network.includes(':'))
  return shuffled(random, targets.filter(isNeeded)).slice(0, 1 + random.below(3))
}

function randomPorts(random: Random): (string | number)[] {
  return shuffled(random, ports).slice(0, 1 + random.below(3))
}

function randomUse(random: Random, wans: readonly string[]): string[] {
  const use = shuffled(random, wans).slice(0, random.below(wans.length + 1))
  if (random.chance(0.2)) return [...wans]
  return use.length === 0 ? ['none'] : use
}

function randomDefaultPolicy(random: Random, wans: readonly string[]) {
  return {
    ...perhaps(random, 0.7, () => ({ use: randomUse(random, wans) })),
    ...perhaps(random, 0.4, () => ({ balance: random.chance(0.8) })),
  }
}

function randomProbe(random: Random) {
  return {
    ...perhaps(random, 0.5, () => ({
      targets: shuffled(random, ['1.1.1.1', '8.8.8.8', '9.9.9.9', '192.168.0.1']).slice(0, 3),
    })),
    ...perhaps(random, 0.3, () => ({ targets6: random.pick([[], ['2606:4700:4700::1111']]) })),
    ...perhaps(random, 0.5, () => ({
      methods: shuffled(random, ['icmp', 'dns', 'tcp', 'http']).slice(0, 1 + random.below(4)),
    })),
    ...perhaps(random, 0.4, () => ({ interval: random.pick([0.5, 1, 5]) })),
    ...perhaps(random, 0.3, () => ({ down_after: 1 + random.below(5) })),
  }
}

function randomFailback(random: Random) {
  return {
    ...perhaps(random, 0.6, () => ({ delay: random.pick([0, 30, 120]) })),
    ...perhaps(random, 0.7, () => ({ mode: random.pick(['graceful', 'immediate']) })),
  }
}

function randomTest(random: Random) {
  return {
    ...perhaps(random, 0.4, () => ({ minutes: random.pick([0.5, 10]) })),
    ...perhaps(random, 0.8, () => ({ devices: randomClients(random, 1 + random.below(3)) })),
  }
}

/** A name in capitals, dashes in a MAC, blanks around it: the options take it all the same. */
function spelled(random: Random, text: string): string {
  if (!/^[\d.:a-f/]+$/.test(text) || random.chance(0.7)) return text
  const isMac = clientMacs.includes(text)
  return random.pick([text.toUpperCase(), isMac ? text.replaceAll(':', '-') : text, ` ${text} `])
}

function perhaps<Part extends object>(
  random: Random,
  probability: number,
  part: () => Part,
): Part | Record<string, never> {
  return random.chance(probability) ? part() : {}
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const left = [...items]
  return items.flatMap(() => left.splice(random.below(left.length), 1))
}

/** Most houses have few; a plan for eight takes ten times as long as one for two. */
const wanCounts = [2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8]
const wanNames = [
  ...['primary', 'secondary', 'fiber', 'cable', 'lte', 'hotspot', 'dsl', 'w5', 'neighbour_s_wifi'],
]
/** None is another WAN's by its position. */
const ownTables = [7, 42, 120, 200, 252, 256, 1000, 4_000, 100_000, 2_147_483_647]
const words = ['kids', 'office', 'cameras', 'guests', 'voip', 'updates', 'tv']

const networks = [
  ...['192.168.0.0/24', '192.168.0.64/26', '192.168.0.48/28', '10.5.0.0/24', '10.0.0.0/8'],
  ...['0.0.0.0/0', '172.30.32.0/23', 'fd00:a::/64', 'fd00::/16', '::/0', '2001:db8:a::/64'],
]
const devices: readonly string[] = [...clients.ipv4, ...clients.ipv6]
const everybody = [...devices, ...networks, ...clientMacs, 'host']
const targets = [
  ...['203.0.113.0/24', '198.51.100.7', '93.184.216.0/24', '20.0.0.0/8', '0.0.0.0/0'],
  ...['2001:db8:ffff::/48', '2a00::/16', '2606:4700:4700::1111'],
]
const ports = [443, 80, 53, '8123', '5000-5100', '5090-5200', '1024-65535']
