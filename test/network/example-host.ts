/** Hosts as the kernel would tell them, from a few words. */
import { undecided } from '../../src/decision/decide.ts'
import type { Family } from '../../src/model/address.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { Address, HostState, Link, Route, Rule } from '../../src/model/host.ts'
import type { Settings } from '../../src/model/settings.ts'
import { networkOf } from '../../src/network/networks.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import type { Wanted } from '../../src/network/wanted.ts'
import { bothFamilies } from '../decision/example-settings.ts'

export interface ExampleLink {
  readonly name: string
  /** `192.168.0.3/24`, `2001:db8::3/64`, `fe80::3/64`. */
  readonly addresses?: readonly string[]
  readonly down?: true
  readonly noCarrier?: true
}

const familyOf = (text: string): Family => (text.includes(':') ? 'ipv6' : 'ipv4')

export function exampleRoute(text: string, changes: Partial<Route> = {}): Route {
  const words = text.split(' ')
  const [first = ''] = words
  const after = (word: string): string | null => words[words.indexOf(word) + 1] ?? null
  const has = (word: string): boolean => words.includes(word)
  const gateway = has('via') ? after('via') : null
  const family = has('-6') || familyOf(first) === 'ipv6' ? 'ipv6' : 'ipv4'
  const everything = family === 'ipv4' ? '0.0.0.0/0' : '::/0'
  const link = has('dev') ? after('dev') : null
  const hops = link === null ? [] : [{ gateway, link, weight: 1, onlink: has('onlink') }]
  return {
    family,
    table: has('table') ? Number(after('table')) : 254,
    destination: first === 'default' ? everything : first,
    type: 'unicast',
    protocol: 3,
    metric: has('metric') ? Number(after('metric')) : family === 'ipv4' ? 0 : 1024,
    scope: null,
    source: null,
    mtu: null,
    nextHops: hops,
    ...changes,
  }
}

export function exampleRule(priority: number, changes: Partial<Rule> = {}): Rule {
  return {
    family: 'ipv4',
    priority,
    protocol: 2,
    mark: null,
    incoming: null,
    from: null,
    to: null,
    ipProtocol: null,
    sourcePorts: null,
    other: null,
    action: { kind: 'lookup', table: 254, suppressPrefixLength: null },
    ...changes,
  }
}

/** The rules that every kernel starts with. */
export const kernelRules: readonly Rule[] = [
  kernelRule(0, 'ipv4', 255),
  kernelRule(0, 'ipv6', 255),
  kernelRule(32766, 'ipv4', 254),
  kernelRule(32766, 'ipv6', 254),
  kernelRule(32767, 'ipv4', 253),
]

function kernelRule(priority: number, family: Family, table: number): Rule {
  const action = { kind: 'lookup', table, suppressPrefixLength: null } as const
  return exampleRule(priority, { family, action })
}

export function exampleHost(
  links: readonly ExampleLink[],
  routes: readonly Route[] = [],
  changes: Partial<HostState> = {},
): HostState {
  const addresses = links.flatMap((link) =>
    (link.addresses ?? []).map((text) => addressOf(text, link.name)),
  )
  const connected = addresses
    .filter(({ prefixLength, family }) => prefixLength < (family === 'ipv4' ? 32 : 128))
    .map((address) =>
      exampleRoute(`${networkOf(address)} dev ${address.link}`, {
        protocol: 2,
        scope: address.family === 'ipv4' ? 'link' : null,
        source: address.family === 'ipv4' ? address.address : null,
        metric: address.family === 'ipv4' ? 0 : 256,
      }),
    )
  const loopback: ExampleLink = { name: 'lo' }
  return {
    links: [loopback, ...links].map(linkOf),
    addresses,
    routes: [...connected, ...routes],
    rules: kernelRules,
    ipv6: true,
    nft: null,
    docker: null,
    ...changes,
  }
}

function linkOf({ name, down, noCarrier }: ExampleLink, index: number): Link {
  const up = down === undefined
  const carrier = up && noCarrier === undefined
  return { index: index + 1, name, up, carrier, type: 'ether', mac: null }
}

function addressOf(text: string, link: string): Address {
  const [address = '', length = ''] = text.split('/')
  const scope = address.startsWith('fe80') ? 'link' : 'global'
  return {
    family: familyOf(address),
    link,
    address,
    prefixLength: Number(length),
    scope,
    usable: true,
  }
}

export function decidedFor(wan: string | null): Decision {
  const decided = { wan, reason: `${wan} is up: 1.1.1.1 answers` }
  const policies = new Map([['default', bothFamilies(decided)]])
  return { ...undecided, policies }
}

/** What is wanted on a host when the default policy uses `active`. */
export function wantedOn(host: HostState, settings: Settings, active: string | null): Wanted {
  const uplinks = resolveUplinks(settings.wans, host)
  return { settings, uplinks, decision: decidedFor(active), host }
}

/** The setting of two gateways on one subnet, with Docker beside. */
export const oneSubnet = exampleHost(
  [
    { name: 'eth0', addresses: ['192.168.0.3/24', 'fe80::3/64'] },
    { name: 'docker0', addresses: ['172.17.0.1/16'] },
  ],
  [exampleRoute('default via 192.168.0.1 dev eth0')],
)
