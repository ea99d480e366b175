/** The situations that the random hosts are in; each is one that a real host may be in. */
import type { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleRule } from '../examples/example-rule.ts'
import { houseLines } from './house-lines.ts'
import { standingNft, standingRoutes, standingRules } from './standing-plan.ts'

type Host = ReturnType<typeof exampleHost>
type Rule = Host['rules'][number]

export interface Situation {
  readonly what: string
  /** With the addresses that it has by `house-lines.ts`. */
  readonly links: readonly string[]
  /** Left out: the kernel has IPv6, and every link its addresses. */
  readonly ipv6?: 'none' | 'only link-local'
  readonly switchedOff?: readonly string[]
  readonly withoutCarrier?: readonly string[]
  /** Its IPv4 address is for itself alone: nothing is connected there. */
  readonly alone?: readonly string[]
  readonly routes: readonly string[]
  readonly docker?: NonNullable<Host['docker']>['drops']
  readonly accepts?: readonly string[]
  /** Of others. */
  readonly rules?: readonly Rule[]
  /** Where an earlier run has left something. */
  readonly changes?: (host: Host) => Host
}

function otherRule(priority: number, table: number, changes: Partial<Rule> = {}): Rule {
  const action = { kind: 'lookup', table, suppressPrefixLength: null } as const
  return exampleRule(priority, { action, protocol: 3, ...changes })
}

const acceptWords = (incoming: string, outgoing: string) =>
  `-i ${incoming} -o ${outgoing} -m comment --comment wan_failover -j ACCEPT`

const tailscaleMark = { value: 0x80000, mask: 0xff0000 }

/** A default by two hops at once, a source and a size of its own, and ways that are closed. */
const oddRoutes: Host['routes'] = [
  exampleRoute('default', {
    metric: 300,
    nextHops: [
      { gateway: '192.168.0.1', link: 'eth0', weight: 2, onlink: false },
      { gateway: '192.168.1.1', link: 'eth1', weight: 1, onlink: false },
    ],
  }),
  exampleRoute('10.70.0.0/16 via 192.168.0.5 dev eth0', { source: '192.168.0.3', mtu: 1400 }),
  exampleRoute('10.71.0.0/16', { type: 'blackhole' }),
  exampleRoute('10.72.0.0/16', { type: 'prohibit' }),
  exampleRoute('10.73.0.0/16', { type: 'throw' }),
  exampleRoute('fd00:71::/48', { type: 'unreachable', metric: 4_294_967_295 }),
]

export const hostSituations: readonly Situation[] = [
  {
    what: 'one subnet with two routers, in a kernel without IPv6',
    links: ['eth0'],
    ipv6: 'none',
    routes: ['default via 192.168.0.1 dev eth0'],
  },
  {
    what: 'one subnet with two routers that both announce IPv6, beside Docker',
    links: ['eth0', 'docker0'],
    routes: [
      'default via 192.168.0.2 dev eth0 metric 100',
      'default via 192.168.0.1 dev eth0 metric 200',
      'default -6 via fe80::1 dev eth0 metric 1024',
      'default -6 via fe80::2 dev eth0 metric 1025',
    ],
  },
  {
    what: 'two cards with a default each',
    links: ['eth0', 'eth1'],
    ipv6: 'only link-local',
    routes: [
      'default via 192.168.0.254 dev eth0 metric 100',
      'default via 192.168.1.1 dev eth1 metric 101',
      'default -6 via fe80::1 dev eth1',
    ],
  },
  {
    what: 'a LAN and an LTE stick where Docker drops, with accepts from before',
    links: ['eth0', 'usb0', 'docker0'],
    routes: ['default via 192.168.0.1 dev eth0', 'default via 192.168.8.1 dev usb0 metric 700'],
    docker: ['ipv4'],
    accepts: [acceptWords('eth0', 'usb0'), acceptWords('eth0', 'eth7')],
  },
  {
    what: 'a router with a network of its own for the clients',
    links: ['lan1', 'eth1', 'eth2', 'wwan0'],
    routes: [
      'default via 192.168.1.1 dev eth1',
      'default via 10.20.0.1 dev eth2 metric 50',
      'default -6 via 2001:db8:1::1 dev eth1',
      'default -6 via fe80::20 dev eth2 metric 512',
    ],
  },
  {
    what: 'a PPP line, whose default has no gateway',
    links: ['eth0', 'ppp0', 'eth1'],
    routes: ['100.64.0.1/32 dev ppp0', 'default dev ppp0', 'default -6 dev ppp0 metric 1024'],
  },
  {
    what: 'a card whose cable is out, and Wi-Fi',
    links: ['eth0', 'eth1', 'wlan0'],
    withoutCarrier: ['eth1'],
    routes: [
      'default via 192.168.1.1 dev eth1 metric 100',
      'default via 172.20.10.1 dev wlan0 metric 600',
      'default -6 via fe80::a dev wlan0',
    ],
  },
  {
    what: 'links that are switched off',
    links: ['eth0', 'eth1', 'usb0', 'eth2'],
    ipv6: 'none',
    switchedOff: ['eth1', 'usb0'],
    routes: ['default via 192.168.0.1 dev eth0', 'default via 10.20.0.1 dev eth2 metric 9'],
  },
  {
    what: 'almost no link at all, and IPv6 without a global address',
    links: ['eth0', 'usb1'],
    ipv6: 'only link-local',
    routes: ['default -6 via fe80::1 dev eth0'],
  },
  {
    what: 'IPv6 by global and by link-local gateways',
    links: ['eth0', 'eth1', 'eth2', 'eth0.7'],
    routes: [
      'default via 192.168.0.1 dev eth0',
      'default via 203.0.113.1 dev eth0.7 metric 10',
      'default -6 via 2001:db8:a::1 dev eth0 metric 100',
      'default -6 via fe80::1 dev eth1 metric 200',
      'default -6 via 2001:db8:7::1 dev eth0.7 metric 300',
      'default -6 via fe80::20 dev eth2 metric 400',
      '2001:db8:ffff::/48 via fe80::fe dev eth0 metric 100',
    ],
  },
  {
    what: 'addresses that are not for new connections',
    links: ['eth0', 'eth1', 'wlan0', 'wwan0'],
    routes: ['default via 192.168.0.1 dev eth0', 'default via 192.168.1.1 dev eth1 metric 5'],
    changes: (host) => ({
      ...host,
      addresses: host.addresses.map((one) => ({
        ...one,
        usable: one.link !== 'eth1' && one.address !== '2001:db8:a::77:3',
        scope: one.link === 'wwan0' && one.family === 'ipv4' ? 'site' : one.scope,
      })),
    }),
  },
  {
    what: 'Home Assistant OS with the networks of Docker, where our rules were deleted',
    links: ['eth0', 'wlan0', 'usb0', 'docker0', 'hassio', 'veth1'],
    routes: [
      'default via 192.168.0.1 dev eth0 metric 100',
      'default via 192.168.8.1 dev usb0 metric 101',
      'default -6 via fe80::1 dev eth0 metric 100',
    ],
    docker: ['ipv4', 'ipv6'],
    changes: (host) => ({ ...host, nft: standingNft }),
  },
  {
    what: 'Tailscale and WireGuard beside',
    links: ['eth0', 'eth1', 'tailscale0', 'wg0'],
    routes: [
      'default via 192.168.0.1 dev eth0',
      'default via 192.168.1.1 dev eth1 metric 100',
      '10.66.0.0/16 dev wg0',
      '100.100.100.100/32 dev tailscale0 table 52',
      '10.77.0.0/16 dev tailscale0 table 52',
    ],
    rules: [
      otherRule(5210, 254, { mark: tailscaleMark }),
      otherRule(5270, 52),
      otherRule(5270, 52, { family: 'ipv6' }),
    ],
  },
  {
    what: 'OpenVPN with two halves of everything, and two telephones with the same address',
    links: ['eth0', 'usb0', 'usb1', 'tun0'],
    ipv6: 'only link-local',
    routes: [
      'default via 192.168.0.1 dev eth0',
      '198.51.100.7/32 via 192.168.0.1 dev eth0',
      '0.0.0.0/1 via 10.8.1.1 dev tun0',
      '128.0.0.0/1 via 10.8.1.1 dev tun0',
    ],
  },
  {
    what: 'a tunnel of wg-quick that takes everything',
    links: ['eth0', 'eth1', 'wg0'],
    routes: [
      'default via 192.168.0.2 dev eth0',
      'default dev wg0 table 51820',
      '93.184.216.0/24 dev wg0',
    ],
    rules: [
      exampleRule(32764, { action: { kind: 'lookup', table: 254, suppressPrefixLength: 0 } }),
      otherRule(32765, 51_820, { other: 'not fwmark 0xca6c' }),
    ],
  },
  {
    what: 'routers inside the LAN, and routes of every kind',
    links: ['eth0', 'eth1', 'lan1'],
    routes: [
      'default via 192.168.0.1 dev eth0 metric 100',
      '10.50.0.0/16 via 192.168.0.5 dev eth0 metric 20',
      '10.50.0.0/16 via 10.5.0.7 dev lan1 metric 10',
      '10.60.0.0/16 via 192.168.0.2 dev eth0',
      '10.61.0.0/16 via 192.168.1.1 dev eth1',
      '20.0.0.0/8 via 192.168.0.5 dev eth0',
      '224.0.0.0/4 dev eth0',
      'fd00:50::/48 via fe80::55 dev eth0',
      'ff00::/8 dev eth0 metric 256',
    ],
    changes: (host) => ({ ...host, routes: [...host.routes, ...oddRoutes] }),
  },
  {
    what: 'gateways outside of the network of their link',
    links: ['eth0', 'eth2', 'eth0.7', 'ppp0', 'wwan0'],
    alone: ['eth2', 'eth0.7', 'wwan0'],
    routes: [
      '203.0.113.1/32 dev eth0.7',
      'default via 203.0.113.1 dev eth0.7',
      'default via 10.20.0.1 dev eth2 onlink metric 30',
      '10.20.0.0/16 via 10.20.0.1 dev eth2 onlink',
    ],
  },
  {
    what: 'a plan of an earlier run that stands whole',
    links: ['eth0', 'eth1', 'usb0', 'docker0'],
    routes: ['default via 192.168.0.1 dev eth0', 'default via 192.168.1.1 dev eth1 metric 100'],
    docker: ['ipv4'],
    accepts: [acceptWords('eth0', 'eth1'), acceptWords('eth0', 'eth0')],
    changes: (host) => ({
      ...host,
      nft: standingNft,
      rules: [...host.rules, ...standingRules(101, 1)].sort((a, b) => a.priority - b.priority),
      routes: [...host.routes, ...standingRoutes],
    }),
  },
  {
    what: "a crash in the midst of a change, and another program's route in a WAN's table",
    links: ['eth0', 'eth1', 'eth2'],
    routes: [
      'default via 192.168.0.1 dev eth0',
      'default via 192.168.0.9 dev eth0 table 100',
      'default via 10.20.0.1 dev eth2 table 252',
    ],
    changes: (host) => ({
      ...host,
      rules: [...host.rules, ...standingRules(100, 5), ...standingRules(102, 5).slice(-3)].sort(
        (a, b) => a.priority - b.priority,
      ),
    }),
  },
  {
    what: 'everything at once',
    links: [...new Set(houseLines.map(({ link }) => link)), 'lan1', 'docker0', 'wg0'].filter(
      (link) => link !== 'eth9',
    ),
    withoutCarrier: ['wlan0'],
    routes: [
      'default via 192.168.0.1 dev eth0 metric 100',
      'default via 192.168.1.254 dev eth1 metric 200',
      'default via 192.168.8.1 dev usb0 metric 300',
      'default via 192.168.8.1 dev usb1 metric 301',
      'default via 10.64.0.5 dev wwan0 metric 400',
      'default -6 via fe80::1 dev eth0 metric 100',
      'default -6 via fe80::fe dev eth1 metric 200',
      'default -6 via fe80::64 dev wwan0 metric 400',
      '10.66.0.0/16 dev wg0',
    ],
    docker: ['ipv4', 'ipv6'],
    accepts: [acceptWords('lan1', 'eth0')],
    changes: (host) => ({
      ...host,
      nft: standingNft,
      rules: [...host.rules, ...standingRules(102, 7)].sort((a, b) => a.priority - b.priority),
    }),
  },
]
