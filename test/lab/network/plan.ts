/**
 * The lab's names and addresses, per topology: plain values that a test writes its options and its
 * expectations from. Nothing here touches a kernel.
 */
export type Topology = 'one-subnet' | 'two-interfaces' | 'lan-and-stick' | 'twin-modems'
export type WanNumber = 1 | 2
export type ClientNumber = 1 | 2

export interface LabPlan {
  readonly topology: Topology
  readonly ipv6: boolean
  readonly wans: readonly [WanPlan, WanPlan]
  readonly lan: LanPlan
  readonly clients: readonly [ClientPlan, ClientPlan]
  /** Answered on the Internet by every server; DNS answers name `answer` and `answer6`. */
  readonly targets: readonly string[]
  readonly targets6: readonly string[]
}

export interface WanPlan {
  readonly number: WanNumber
  /** The host's interface towards this WAN; on one subnet both WANs have the same. */
  readonly interface: string
  readonly gateway: string
  /** The gateway's link-local address; null without IPv6. */
  readonly gateway6: string | null
  readonly hostAddress: string
  readonly prefixLength: number
  /** The host's address in the WAN's own /64; null without IPv6. */
  readonly hostAddress6: string | null
  /** The WAN's prefix without its length, e.g. `2001:db8:1::`. */
  readonly prefix6: string
  /** What the Internet sees as the sender of what leaves by this WAN over IPv4. */
  readonly publicAddress: string
  /** Metric of the WAN's default route in `main`; null where `main` has none for it. */
  readonly metric: number | null
  /** The bridge in the switch's namespace that connects the host with the gateway. */
  readonly segment: string
}

export interface LanPlan {
  readonly interface: string
  readonly subnet: string
  readonly hostAddress: string
  /** The clients' IPv6 default gateway. */
  readonly hostLinkLocal: string
  readonly prefixes6: readonly string[]
}

export interface ClientPlan {
  readonly address: string
  /** One in each of the LAN's prefixes; empty without IPv6. */
  readonly addresses6: readonly string[]
  readonly mac: string
}

/** Where the Internet's servers listen. */
export const ports = {
  dns: 53,
  http: 80,
  portal: 8080,
  https: 443,
  tcpEcho: 7000,
  udpEcho: 7001,
  tcpTicks: 7002,
  tcpWho: 7003,
}

/** A server that the daemon doesn't ask: a rule for its probes must not help who talks to it. */
export const target = '203.0.113.1'
export const target6 = '2001:db8:f::1'

/** What DNS answers for every name but that of the second web server. */
export const dnsAnswer = {
  a: target,
  aaaa: target6,
  others: { 'cp.cloudflare.com': '198.51.100.1' },
}

const targets = ['1.1.1.1', '8.8.8.8', '9.9.9.9', target, '198.51.100.1']
const targets6 = ['2606:4700:4700::1111', '2001:4860:4860::8888', target6]

export function planLab(topology: Topology, ipv6: boolean): LabPlan {
  const prefixes6 = {
    'one-subnet': [1, 2],
    'lan-and-stick': [1],
    'two-interfaces': [],
    'twin-modems': [],
  }[topology]
  const lanPrefixes = prefixes6.length === 0 ? ['fd00:192:168::'] : prefixes6.map(prefixOf)
  return {
    topology,
    ipv6,
    wans: [planWan(1, topology, ipv6), planWan(2, topology, ipv6)],
    lan: {
      interface: 'eth0',
      subnet: '192.168.0.0/24',
      hostAddress: '192.168.0.3',
      hostLinkLocal: 'fe80::3',
      prefixes6: ipv6 ? lanPrefixes : [],
    },
    clients: [planClient(100, ipv6 ? lanPrefixes : []), planClient(150, ipv6 ? lanPrefixes : [])],
    targets,
    targets6: ipv6 ? targets6 : [],
  }
}

export function upstreamOf(wan: WanNumber): { internet: string; internet6: string; own6: string } {
  const prefix6 = `2001:db8:10${wan}::`
  return { internet: `100.64.${wan}.1`, internet6: `${prefix6}1`, own6: `${prefix6}2` }
}

/** By which WAN somebody came whom the Internet sees with this address; null: by none. */
export function wanOfSender(address: string): WanNumber | null {
  const found = /^100\.64\.([12])\./.exec(address)?.[1]
  return found === undefined ? null : found === '1' ? 1 : 2
}

function prefixOf(wan: number): string {
  return `2001:db8:${wan}::`
}

type OwnPart = Pick<WanPlan, 'interface' | 'gateway' | 'hostAddress' | 'metric' | 'segment'>

const ownParts: Readonly<Record<Topology, readonly [OwnPart, OwnPart]>> = {
  'one-subnet': [lanWan('192.168.0.1', 100), lanWan('192.168.0.2', null)],
  'two-interfaces': [
    linkWan('wan1', ['10.1.0.1', '10.1.0.2'], 100),
    linkWan('wan2', ['10.2.0.1', '10.2.0.2'], 200),
  ],
  'lan-and-stick': [
    lanWan('192.168.0.1', 100),
    linkWan('wwan0', ['192.168.8.1', '192.168.8.100'], 700),
  ],
  // Two of one kind: each is a network of its own, with the same addresses in it.
  'twin-modems': [
    linkWan('wan1', ['192.168.8.1', '192.168.8.100'], 100),
    linkWan('wan2', ['192.168.8.1', '192.168.8.100'], 200),
  ],
}

function lanWan(gateway: string, metric: number | null): OwnPart {
  return { interface: 'eth0', gateway, hostAddress: '192.168.0.3', metric, segment: 'lan' }
}

function linkWan(name: string, [gateway, own]: [string, string], metric: number): OwnPart {
  return { interface: name, gateway, hostAddress: own, metric, segment: `to-${name}` }
}

function planWan(number: WanNumber, topology: Topology, ipv6: boolean): WanPlan {
  const part = ownParts[topology][number - 1] as OwnPart
  return {
    number,
    ...part,
    gateway6: ipv6 ? `fe80::${number}` : null,
    prefixLength: 24,
    hostAddress6: ipv6 ? `${prefixOf(number)}${part.hostAddress.split('.').at(-1)}` : null,
    prefix6: prefixOf(number),
    publicAddress: `100.64.${number}.2`,
  }
}

function planClient(last: number, prefixes6: readonly string[]): ClientPlan {
  return {
    address: `192.168.0.${last}`,
    addresses6: prefixes6.map((prefix) => `${prefix}${last}`),
    mac: `02:00:00:00:01:${(last % 100).toString().padStart(2, '0')}`,
  }
}
