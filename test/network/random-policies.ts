/** Random options, decisions and packets for a host on a patch panel; the same seed, the same. */
import { decide, type Situation, undecided } from '../../src/decision/decide.ts'
import type { Family } from '../../src/model/address.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { HealthState } from '../../src/model/health.ts'
import type { Matcher, PolicySettings, Settings } from '../../src/model/settings/settings.ts'
import { bothFamilies } from '../examples/both-families.ts'
import { exampleHealth } from '../examples/example-health.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'
import type { Random } from '../random.ts'
import type { PacketWords } from './packet-bytes.ts'
import type { PanelGateway, PanelLink, Sender } from './patch-panel.ts'

export const links: readonly PanelLink[] = [
  { name: 'eth0', addresses: ['192.168.0.3/24', 'fd00:a::3/64', 'fe80::3/64'] },
  { name: 'lan1', addresses: ['10.5.0.1/24', 'fd00:5::1/64', 'fe80::3/64'] },
  { name: 'wwan0', addresses: ['10.9.0.2/24', '2001:db8:9::2/64', 'fe80::3/64'] },
]

/** Two on one subnet with clients, one on a link of its own; the second has no IPv6. */
export const gateways: readonly (PanelGateway & { readonly gateway6: string })[] = [
  gateway('primary', 'eth0', { addresses: ['192.168.0.1', 'fe80::1'], last: 1 }),
  gateway('secondary', 'eth0', { addresses: ['192.168.0.2'], last: 2 }),
  gateway('third', 'wwan0', { addresses: ['10.9.0.1', 'fe80::1'], last: 4 }),
]

export interface Question extends PacketWords {
  readonly sender: Sender
}

/** Two or three WANs, or these. */
export function randomSettings(random: Random, given?: Settings['wans']): Settings {
  const chosen = random.chance(0.5) ? gateways : without(gateways, random.below(3))
  const wans =
    given ??
    chosen.map(({ name, link, addresses, gateway6 }, index) =>
      exampleWan(index, {
        name,
        interface: link,
        gateway: addresses[0] ?? '',
        gateway6,
        table: 100 + index,
        weight: 1 + random.below(3),
      }),
    )
  const names = wans.map(({ name }) => name)
  const policies = Array.from({ length: random.below(7) }, (_, i) =>
    randomPolicy(random, { name: `policy${i}`, names }),
  )
  const use = random.chance(0.4) ? names : randomUse(random, names)
  const devices = random.chance(0.7) ? [] : randomFrom(random, 2)
  return exampleSettings({
    wans,
    policies,
    defaultPolicy: { use, balance: use.length > 1 && random.chance(0.15) },
    testFailover: { durationMs: 600_000, devices },
  })
}

/** As a daemon would have come to it, from another one or from nothing. */
export function randomDecision(
  random: Random,
  settings: Settings,
  before: Decision = undecided,
): Decision {
  const names = settings.wans.map(({ name }) => name)
  const healths = bothFamilies(
    new Map(names.map((name) => [name, exampleHealth(random.pick(states))])),
  )
  const chosen = new Map(
    settings.policies
      .filter(({ use }) => use.length > 0 && random.chance(0.15))
      .map(({ name, use }) => [name, random.pick(use)]),
  )
  const test = random.chance(0.3) ? { avoid: random.pick(names), untilMs: 1_000_000 } : null
  const mode = random.chance(0.2) ? random.pick(names) : 'automatic'
  const situation: Situation = { settings, healths, nowMs: 100_000, hurry: random.chance(0.5) }
  return decide({ ...before, mode, chosen, test }, situation).decision
}

/** Each has a target of its own: by that it is known where it comes out. */
export function randomQuestions(random: Random, settings: Settings, count: number): Question[] {
  const taken = new Set<string>()
  const questions: Question[] = []
  while (questions.length < count) {
    const question = randomQuestion(random, settings)
    if (taken.has(question.to)) continue
    taken.add(question.to)
    questions.push(question)
  }
  return questions
}

function randomQuestion(random: Random, { policies }: Settings): Question {
  const family = random.chance(0.65) ? 'ipv4' : 'ipv6'
  const own = random.chance(0.3)
  const [link, from] = random.pick(own ? ownAddresses[family] : clients[family])
  const named = policies.flatMap(({ ports }) => ports.flatMap(({ first, last }) => [first, last]))
  const port = random.chance(0.6) && named.length > 0 ? random.pick(named) : random.pick(ports)
  return {
    family,
    sender: own ? 'host' : { link, mac: random.pick(macs) },
    from,
    to: random.pick(targets[family])(random),
    protocol: random.pick(['tcp', 'udp', 'icmp'] as const),
    port: Math.min(65_535, Math.max(1, port + random.pick([-1, 0, 0, 0, 1]))),
    fromPort: 10_000 + random.below(40_000),
  }
}

function randomPolicy(
  random: Random,
  { name, names }: { readonly name: string; readonly names: readonly string[] },
): PolicySettings {
  const use = randomUse(random, names)
  const protocol = random.pick(['any', 'any', 'any', 'tcp', 'udp', 'icmp'] as const)
  const withPorts = (protocol === 'tcp' || protocol === 'udp') && random.chance(0.7)
  return {
    name,
    from: randomFrom(random, 1 + random.below(4)),
    to: random.chance(0.7) ? [] : some(1 + random.below(3), () => random.pick(networks)),
    protocol,
    ports: withPorts ? some(1 + random.below(3), () => randomPorts(random)) : [],
    use,
    balance: use.length > 1 && random.chance(0.15),
    overCap: random.chance(0.2),
  }
}

function randomFrom(random: Random, count: number): Matcher[] {
  return some(count, (): Matcher => {
    const dice = random.next()
    if (dice < 0.08) return { kind: 'all' }
    if (dice < 0.25) return { kind: 'host' }
    if (dice < 0.45) return { kind: 'mac', mac: random.pick(macs) }
    return { kind: 'address', cidr: random.pick(sources) }
  })
}

function randomUse(random: Random, names: readonly string[]): string[] {
  const left = [...names]
  const use: string[] = []
  const count = random.below(names.length + 1)
  while (use.length < count) use.push(...left.splice(random.below(left.length), 1))
  return use
}

function randomPorts(random: Random): { first: number; last: number } {
  const first = random.pick(ports)
  return {
    first,
    last: random.chance(0.5) ? first : Math.min(65_535, first + 1 + random.below(99)),
  }
}

function some<Item>(count: number, make: () => Item): Item[] {
  return Array.from({ length: count }, make)
}

function without<Item>(items: readonly Item[], index: number): Item[] {
  return items.filter((_, i) => i !== index)
}

function gateway(
  name: string,
  link: string,
  { addresses, last }: { readonly addresses: readonly string[]; readonly last: number },
): PanelGateway & { readonly gateway6: string } {
  const mac = `02:00:00:00:01:0${last}`
  return { name, link, addresses, mac, gateway6: addresses[1] ?? 'none' }
}

const states: readonly HealthState[] = ['up', 'up', 'up', 'degraded', 'down', 'unknown']
const macs = ['02:aa:00:00:00:01', '02:aa:00:00:00:02', '02:aa:00:00:00:03']
const ports = [1, 22, 53, 80, 443, 5000, 5060, 8123, 60_999, 61_000, 65_500]

type Places = Readonly<Record<Family, readonly (readonly [string, string])[]>>

const clients: Places = {
  ipv4: [
    ...[2, 49, 50, 51, 63, 64, 127, 128, 255].map((n) => ['eth0', `192.168.0.${n}`] as const),
    ...[2, 64, 200].map((n) => ['lan1', `10.5.0.${n}`] as const),
  ].filter(([, address]) => !['192.168.0.2', '192.168.0.255'].includes(address)),
  ipv6: [
    ...['10', '50', 'ff', '1:2'].map((end) => ['eth0', `fd00:a::${end}`] as const),
    ...['10', 'ffff'].map((end) => ['lan1', `fd00:5::${end}`] as const),
  ],
}

const ownAddresses: Places = {
  ipv4: [
    ['eth0', '192.168.0.3'],
    ['lan1', '10.5.0.1'],
    ['wwan0', '10.9.0.2'],
  ],
  ipv6: [
    ['eth0', 'fd00:a::3'],
    ['lan1', 'fd00:5::1'],
    ['wwan0', '2001:db8:9::2'],
  ],
}

const sources = [
  ...Object.values(clients).flatMap((places) => places.map(([, address]) => address)),
  ...Object.values(ownAddresses).flatMap((places) => places.map(([, address]) => address)),
  ...['192.168.0.0/24', '192.168.0.48/28', '192.168.0.0/25', '192.168.0.64/26', '192.168.0.50/31'],
  ...['10.5.0.0/24', '10.0.0.0/8', '0.0.0.0/0', '128.0.0.0/1'],
  ...['fd00:a::/64', 'fd00:a::/124', 'fd00::/16', '::/0', 'fd00:5::10/127'],
]

const networks = ['20.0.0.0/8', '20.1.0.0/16', '30.0.0.0/9', '2a00::/16', '2a00:1::/32', '::/0']

const targets: Readonly<Record<Family, readonly ((random: Random) => string)[]>> = {
  ipv4: [
    (random) => `20.0.${random.below(256)}.${1 + random.below(250)}`,
    (random) => `20.1.${random.below(256)}.${1 + random.below(250)}`,
    (random) => `30.200.${random.below(256)}.${1 + random.below(250)}`,
    (random) => `30.2.${random.below(256)}.${1 + random.below(250)}`,
  ],
  ipv6: [
    (random) => `2a00::${(1 + random.below(60_000)).toString(16)}`,
    (random) => `2a00:1::${(1 + random.below(60_000)).toString(16)}`,
    (random) => `2a01::${(1 + random.below(60_000)).toString(16)}`,
  ],
}
