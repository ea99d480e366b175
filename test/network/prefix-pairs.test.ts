import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../src/model/host.ts'
import { prefixPairs, wantedPairs } from '../../src/network/prefix-pairs.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleWan } from '../examples/example-settings.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { wantedOn } from '../examples/wanted-on.ts'

interface House {
  readonly lan: readonly string[]
  readonly routes?: readonly string[]
}

const wans = [
  exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'wan1' }),
  exampleWan(1, { gateway: '10.2.0.1', gateway6: 'fe80::2', interface: 'wan2' }),
]

/** By WAN: `inside > outside`, with a star where nobody in the house has the outside. */
function pairs({ lan, routes = [] }: House): unknown {
  const host = exampleHost(
    [
      { name: 'wan1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
      { name: 'wan2', addresses: ['10.2.0.2/24', '2001:db8:2::2/64'] },
      { name: 'lan0', addresses: ['192.168.0.3/24', ...lan] },
    ],
    routes.map(routeOf),
  )
  const found = [...prefixPairs(resolveUplinks(wans, host), host)]
  return Object.fromEntries(
    found.map(([wan, all]) => [
      wan,
      all.map(({ inside, outside, isFree }) => `${inside} > ${outside}${isFree ? ' *' : ''}`),
    ]),
  )
}

function routeOf(text: string): Route {
  const [type = '', network = ''] = text.split(' ')
  return type === 'unreachable' ? exampleRoute(network, { type }) : exampleRoute(text)
}

const lan = ['2001:db8:1:107::1/64']
const pool = 'unreachable 2001:db8:2:200::/56'

const cases: Readonly<Record<string, readonly [House, unknown]>> = {
  'stands nowhere else where no line has a prefix to spare': [
    { lan },
    { primary: [], secondary: [] },
  ],
  'gets the subnet of its own number from what is delegated to the other line': [
    { lan, routes: [pool] },
    { primary: [], secondary: ['2001:db8:1:107::/64 > 2001:db8:2:207::/64 *'] },
  ],
  'gets the next one where that is taken, on a link or behind an inner router': [
    {
      lan: [...lan, '2001:db8:2:207::1/64'],
      routes: [pool, '2001:db8:2:208::/61 via fe80::9 dev lan0'],
    },
    {
      primary: ['2001:db8:2:207::/64 > 2001:db8:1:107::/64'],
      secondary: ['2001:db8:1:107::/64 > 2001:db8:2:210::/64 *'],
    },
  ],
  'shares none with another': [
    { lan: [...lan, '2001:db8:1:207::1/64'], routes: [pool] },
    {
      primary: [],
      secondary: [
        '2001:db8:1:107::/64 > 2001:db8:2:207::/64 *',
        '2001:db8:1:207::/64 > 2001:db8:2:208::/64 *',
      ],
    },
  ],
  'gets one that the house has too where nothing is to spare; who asks there means its owner': [
    { lan: [...lan, '2001:db8:2:300::1/64'], routes: ['unreachable 2001:db8:2:300::/64'] },
    {
      primary: ['2001:db8:2:300::/64 > 2001:db8:1:107::/64'],
      secondary: ['2001:db8:1:107::/64 > 2001:db8:2:300::/64'],
    },
  ],
  'as wide as an inner router’s is replaced by one as wide': [
    { lan, routes: ['2001:db8:1:180::/60 via fe80::9 dev lan0', 'unreachable 2001:db8:2::/48'] },
    {
      primary: [],
      secondary: [
        '2001:db8:1:107::/64 > 2001:db8:2:107::/64 *',
        '2001:db8:1:180::/60 > 2001:db8:2:180::/60 *',
      ],
    },
  ],
  'gets nothing of a prefix that is too long, nor of no line’s': [
    {
      lan,
      routes: ['unreachable 2001:db8:2:200::/80', 'unreachable 2a00:9::/48', 'unreachable ::/0'],
    },
    { primary: [], secondary: [] },
  ],
}

for (const [name, [house, expected]] of Object.entries(cases)) {
  test(`a network of clients ${name}`, () => assert.deepEqual(pairs(house), expected))
}

test('what a tunnel’s server leads here stands for all others, also a single network of it', () => {
  const host = exampleHost([
    { name: 'wan1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
    { name: 'wf-home_ip', addresses: ['203.0.113.80/32', '2001:db8:80::1/128'] },
    { name: 'lan0', addresses: ['2001:db8:1:107::1/64'] },
  ])
  const outside = (prefix: string, nat = 'auto') => {
    const settings = settingsOf(`
nat: ${nat}
wans:
  - { name: primary, gateway: 10.1.0.1, gateway6: fe80::1, interface: wan1 }
tunnels:
  - name: home_ip
    endpoint: "203.0.113.9:51820"
    peer_key: "zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M="
    address: [203.0.113.80/32, "${prefix}"]
`)
    const found = wantedPairs(wantedOn(host, settings, 'primary')).get('home_ip') ?? []
    return found.map((pair) => [pair.inside, pair.outside])
  }
  const inside = '2001:db8:1:107::/64'
  assert.deepEqual(outside('2001:db8:80::/56'), [[inside, '2001:db8:80:7::/64']])
  assert.deepEqual(outside('2001:db8:81::/64'), [[inside, '2001:db8:81::/64']])
  assert.deepEqual(outside('2001:db8:80::1/128'), [])
  assert.deepEqual(outside('2001:db8:80::/56', 'always'), [])
})
