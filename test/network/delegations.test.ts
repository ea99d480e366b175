import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delegatedNetworks } from '../../src/network/delegations.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleWan } from '../examples/example-settings.ts'

interface House {
  readonly wan1?: readonly string[]
  readonly wan2?: readonly string[]
  readonly lan: readonly string[]
  readonly routes?: readonly string[]
}

const wans = [
  exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'wan1' }),
  exampleWan(1, { gateway: '10.2.0.1', gateway6: 'fe80::2', interface: 'wan2' }),
]
const wan1 = ['2001:db8:1::2/64']
const wan2 = ['2001:db8:2::2/64']

function delegated({ wan1 = [], wan2 = [], lan, routes = [] }: House): unknown {
  const host = exampleHost(
    [
      { name: 'wan1', addresses: ['10.1.0.2/24', ...wan1] },
      { name: 'wan2', addresses: ['10.2.0.2/24', ...wan2] },
      { name: 'lan0', addresses: ['192.168.0.3/24', ...lan] },
    ],
    routes.map((route) => exampleRoute(route)),
  )
  return Object.fromEntries(delegatedNetworks(resolveUplinks(wans, host), host))
}

const cases: Readonly<Record<string, readonly [House, unknown]>> = {
  'is the WAN’s whose address is of the same site': [
    { wan1, wan2, lan: ['2001:db8:2:100::1/64', '2001:db8:1:100::1/64'] },
    { primary: ['2001:db8:1:100::/64'], secondary: ['2001:db8:2:100::/64'] },
  ],
  'is the WAN’s that alone is of the same provider': [
    { wan1: ['2a00:1::2/64'], wan2: ['2a02:7::2/64'], lan: ['2a02:7:4000:1::1/64'] },
    { secondary: ['2a02:7:4000:1::/64'] },
  ],
  'is known behind an inner router too': [
    {
      ...{ wan1, wan2, lan: ['2001:db8:1:100::1/64'] },
      routes: ['2001:db8:1:200::/60 via fe80::9 dev lan0'],
    },
    { primary: ['2001:db8:1:100::/64', '2001:db8:1:200::/60'] },
  ],
  'that no address tells of is the preferred WAN’s': [
    { wan1, wan2, lan: ['2001:db8:7:1::1/64', '2001:db8:7:2::1/64'] },
    { primary: ['2001:db8:7:1::/64', '2001:db8:7:2::/64'] },
  ],
  'that no address tells of is the WAN’s that has no global address': [
    { wan1, lan: ['2a00:9:9:1::1/64'] },
    { secondary: ['2a00:9:9:1::/64'] },
  ],
  'is told from what a VPN leads to': [
    {
      ...{ wan1, wan2, lan: ['2001:db8:7:1::1/64'] },
      routes: ['2000::/3 dev tun0', '2a00:1:2::/48 dev tun0', '2001:db8:7:2::/64 dev docker0'],
    },
    { primary: ['2001:db8:7:1::/64', '2001:db8:7:2::/64'] },
  ],
  'is nobody’s for sure where there are two that no address tells of': [
    { wan1, wan2, lan: ['2001:db8:7:1::1/64', '2001:db8:8:1::1/64'] },
    {},
  ],
  'is nobody’s where two WANs are of one site': [
    {
      ...{ wan1: ['2001:db8:1:1::2/64'], wan2: ['2001:db8:1:2::2/64'] },
      lan: ['2001:db8:1:100::1/64', '2001:db8:8:1::1/64'],
    },
    {},
  ],
  'is no unique local network, and no WAN’s own link': [
    { wan1, wan2, lan: ['fd00:5::1/64', 'fe80::1/64'] },
    {},
  ],
}

for (const [name, [house, expected]] of Object.entries(cases)) {
  test(`a network of the house ${name}`, () => assert.deepEqual(delegated(house), expected))
}
