/** The houses that are simulated: where their WANs are, and what else their hosts know. */
import type { Route } from '../../../src/model/host.ts'
import type { Settings } from '../../../src/model/settings/settings.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import type { FakeKernel } from '../../fakes/fake-kernel.ts'

export interface Place {
  readonly name: string
  readonly index: number
  readonly table: number
  readonly link: string
  readonly gateway: string
  readonly gateway6: string | null
  readonly metered: boolean
  /** The gateway comes by DHCP and may change. */
  readonly learned: boolean
  /** Another WAN is on the same link. */
  readonly shared: boolean
  /** The metric of `main`'s default route by this WAN; null where it has none. */
  readonly mainMetric: number | null
}

export interface Topology {
  readonly name: string
  readonly settings: Settings
  readonly places: readonly Place[]
  /** Addresses with their prefix length, by link. */
  readonly links: Readonly<Record<string, readonly string[]>>
  /** Who asks from the inside, and by which link. */
  readonly client: { readonly address: string; readonly link: string }
  /** Destinations in the LAN, in Docker's and in the Supervisor's network. */
  readonly inside: readonly string[]
  /** Routes of `main` beside the connected ones and the defaults. */
  readonly mainRoutes: readonly Route[]
}

export const mainTable = 254

export function topologies(onStop: 'restore' | 'keep'): readonly Topology[] {
  return [oneSubnet(onStop), twoCards(onStop), threeLines(onStop)]
}

/** Sets up the host as it is before the daemon first starts. */
export function furnish(kernel: FakeKernel, topology: Topology): void {
  for (const [link, addresses] of Object.entries(topology.links)) {
    kernel.addLink(link)
    for (const address of addresses) kernel.addAddress(link, address)
  }
  for (const route of topology.mainRoutes) kernel.addRoute(route)
  for (const place of topology.places) {
    for (const route of mainDefaults(place, place.gateway)) kernel.addRoute(route)
  }
}

export function mainDefaults(place: Place, gateway: string): Route[] {
  const { link, gateway6, mainMetric: metric } = place
  if (metric === null) return []
  const ipv4 = dhcpRoute(`default via ${gateway} dev ${link} metric ${metric}`)
  if (gateway6 === null) return [ipv4]
  return [ipv4, dhcpRoute(`default -6 via ${gateway6} dev ${link} metric ${metric}`)]
}

function dhcpRoute(text: string): Route {
  return exampleRoute(text, { protocol: 16 })
}

const docker = { docker0: ['172.30.232.1/23'], hassio: ['172.30.32.1/23'] }
const insideDocker = ['172.30.232.5', '172.30.33.2']

/** Two gateways in the network of the clients: the main case. */
function oneSubnet(onStop: string): Topology {
  const place = { link: 'eth0', gateway6: null, metered: false, learned: false, shared: true }
  return {
    name: 'one subnet',
    settings: settingsOf(`
wans:
  - { name: primary, gateway: 192.168.0.1 }
  - { name: secondary, gateway: 192.168.0.2 }
test_failover: { minutes: 1 }
on_stop: ${onStop}
`),
    places: [
      { ...place, name: 'primary', index: 0, table: 100, gateway: '192.168.0.1', mainMetric: 100 },
      {
        ...place,
        name: 'secondary',
        index: 1,
        table: 101,
        gateway: '192.168.0.2',
        mainMetric: null,
      },
    ],
    links: { ...docker, eth0: ['192.168.0.3/24'] },
    client: { address: '192.168.0.50', link: 'eth0' },
    inside: ['192.168.0.50', ...insideDocker, '10.8.0.5'],
    mainRoutes: [dhcpRoute('10.8.0.0/16 via 192.168.0.9 dev eth0')],
  }
}

/** Two network cards whose gateways come by DHCP, one of them with IPv6. */
function twoCards(onStop: string): Topology {
  const place = { metered: false, learned: true, shared: false }
  return {
    name: 'two cards',
    settings: settingsOf(`
wans:
  - { name: cable, gateway: auto, gateway6: auto, interface: eth0 }
  - { name: hotspot, gateway: auto, interface: wlan0 }
test_failover: { minutes: 1 }
on_stop: ${onStop}
`),
    places: [
      {
        ...place,
        ...{ name: 'cable', index: 0, table: 100, link: 'eth0', gateway: '192.168.1.1' },
        ...{ gateway6: '2001:db8:1::1', mainMetric: 100 },
      },
      {
        ...place,
        ...{ name: 'hotspot', index: 1, table: 101, link: 'wlan0', gateway: '192.168.2.1' },
        ...{ gateway6: null, mainMetric: 600 },
      },
    ],
    links: {
      ...docker,
      eth0: ['192.168.1.10/24', '2001:db8:1::10/64'],
      wlan0: ['192.168.2.10/24'],
      eth1: ['192.168.50.1/24'],
    },
    client: { address: '192.168.50.20', link: 'eth1' },
    inside: ['192.168.50.20', ...insideDocker, '10.8.0.5', '192.168.1.77'],
    mainRoutes: [dhcpRoute('10.8.0.0/16 via 192.168.50.9 dev eth1')],
  }
}

/** A fixed line, a metered stick, and a third line that the default policy may not use. */
function threeLines(onStop: string): Topology {
  const place = { gateway6: null, metered: false, learned: false, shared: false }
  return {
    name: 'three lines',
    settings: settingsOf(`
wans:
  - { name: fibre, gateway: 192.168.1.1 }
  - { name: stick, gateway: auto, interface: usb0, metered: true }
  - { name: neighbour, gateway: 192.168.3.1, interface: eth2, table: 250 }
default_policy: { use: [fibre, stick] }
test_failover: { minutes: 1 }
on_stop: ${onStop}
`),
    places: [
      {
        ...place,
        ...{ name: 'fibre', index: 0, table: 100, link: 'eth0', gateway: '192.168.1.1' },
        ...{ mainMetric: 100 },
      },
      {
        ...place,
        ...{ name: 'stick', index: 1, table: 101, link: 'usb0', gateway: '192.168.8.1' },
        ...{ mainMetric: 700, metered: true, learned: true },
      },
      {
        ...place,
        ...{ name: 'neighbour', index: 2, table: 250, link: 'eth2', gateway: '192.168.3.1' },
        ...{ mainMetric: null },
      },
    ],
    links: {
      ...docker,
      eth0: ['192.168.1.10/24'],
      usb0: ['192.168.8.100/24'],
      eth2: ['192.168.3.10/24'],
      eth1: ['192.168.50.1/24'],
    },
    client: { address: '192.168.50.20', link: 'eth1' },
    inside: ['192.168.50.20', ...insideDocker, '192.168.3.77'],
    mainRoutes: [],
  }
}
