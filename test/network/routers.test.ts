import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HostState, Neighbour, Route, Router } from '../../src/model/host.ts'
import { ourProtocol } from '../../src/model/marks.ts'
import { gatewayOf } from '../../src/model/uplink.ts'
import { delegatedNetworks } from '../../src/network/delegations.ts'
import { repliedAddresses } from '../../src/network/replied-addresses.ts'
import { linksToAsk } from '../../src/network/routers.ts'
import { desiredRoutes } from '../../src/network/routes/desired-routes.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleWan } from '../examples/example-settings.ts'

const mac = (last: number) => `02:00:00:00:00:0${last}`
const [lan1, lan2] = ['2001:db8:1::', '2001:db8:2::']
const own = [`${lan1}3/64`, `${lan2}3/64`, 'fe80::3/64']

function near(address: string, last: number): Neighbour {
  return { address, link: 'eth0', mac: mac(last) }
}

function router(last: number, changes: Partial<Router> = {}): Router {
  const prefixes = [`2001:db8:${last}::/64`]
  const said = { link: 'eth0', address: `fe80::${last}`, mac: mac(last), offersDefault: true }
  return { ...said, prefixes, ...changes }
}

function ourDefault(last: number, source: string): Route {
  const text = `default -6 via fe80::${last} dev eth0 table ${99 + last}`
  return exampleRoute(text, { protocol: ourProtocol, source })
}

interface House {
  /** `gateway6` of both WANs. */
  readonly gateways?: readonly [string, string]
  readonly addresses?: readonly string[]
  readonly defaults?: readonly string[]
  readonly neighbours?: readonly Neighbour[]
  readonly routers?: readonly Router[]
  readonly ours?: readonly Route[]
}

/** The gateways' MACs are known in IPv4. */
const known = [near('192.168.0.1', 1), near('192.168.0.2', 2)]

function house({ gateways = ['auto', 'auto'], ...given }: House) {
  const { addresses = own, neighbours = known, routers = [], defaults = [], ours = [] } = given
  const wans = gateways.map((gateway6, i) =>
    exampleWan(i, { gateway: `192.168.0.${i + 1}`, gateway6, interface: 'eth0' }),
  )
  const routes = [
    ...defaults.map((gateway) => exampleRoute(`default -6 via ${gateway} dev eth0`)),
    ...ours,
  ]
  const host: HostState = exampleHost(
    [{ name: 'eth0', addresses: ['192.168.0.3/24', ...addresses] }],
    routes,
    { neighbours, routers },
  )
  return { wans, host, uplinks: resolveUplinks(wans, host) }
}

function gatewaysOf(given: House) {
  return house(given).uplinks.map((uplink) => gatewayOf(uplink, 'ipv6'))
}

function prefixesOf(given: House) {
  return house(given).uplinks.map(({ ways }) => ways.ipv6.prefixes)
}

describe('of the IPv6 routers of one link', () => {
  const pairs: Readonly<Record<string, readonly [House, readonly (string | null)[]]>> = {
    'each is the WAN’s whose IPv4 gateway has its MAC': [
      { routers: [router(2), router(1)] },
      ['fe80::1', 'fe80::2'],
    ],
    'one that main has a default route by is known by the kernel’s neighbours': [
      {
        defaults: ['fe80::2', 'fe80::1'],
        neighbours: [...known, near('fe80::1', 1), near('fe80::2', 2)],
      },
      ['fe80::1', 'fe80::2'],
    ],
    'one that takes nothing for the Internet is no gateway': [
      { routers: [router(1), router(2, { offersDefault: false })] },
      ['fe80::1', null],
    ],
    'a third one is nobody’s': [{ routers: [router(9), router(1)] }, ['fe80::1', null]],
    'none is taken where it may be either’s': [
      { defaults: ['fe80::1'], neighbours: [] },
      [null, null],
    ],
    'the last one without a MAC is the last WAN’s': [
      { routers: [router(1), router(2, { mac: null })] },
      ['fe80::1', 'fe80::2'],
    ],
    'one that the options name is never the other WAN’s': [
      { gateways: ['auto', 'fe80::2'], defaults: ['fe80::2', 'fe80::1'] },
      ['fe80::1', 'fe80::2'],
    ],
    'the best one is the WAN’s that alone has IPv6, whatever its MAC': [
      { gateways: ['auto', 'none'], defaults: ['fe80::9'], neighbours: [near('fe80::9', 9)] },
      ['fe80::9', null],
    ],
  }
  for (const [name, [given, expected]] of Object.entries(pairs)) {
    test(name, () => assert.deepEqual(gatewaysOf(given), expected))
  }

  test('the doubt is told, with the remedy', () => {
    const { uplinks } = house({ routers: [router(1), router(9)] })
    assert.match(
      uplinks[1]?.ways.ipv6.problem ?? '',
      /^none of the IPv6 routers of eth0 \(fe80::1, fe80::9\) .* the MAC 02:00:00:00:00:02\. .*gateway6$/,
    )
  })
})

describe('of the networks of one link', () => {
  const linkLocal = ['fe80::1', 'fe80::2'] as const
  const both = [[`${lan1}/64`], [`${lan2}/64`]]
  const cases: Readonly<Record<string, readonly [House, readonly (readonly string[])[]]>> = {
    'each is its router’s who calls it its own': [{ routers: [router(1), router(2)] }, both],
    'and the MAC tells whose a router’s other address is': [
      { gateways: ['2001:db8:7::1', 'fe80::2'], routers: [router(2, { address: 'fe80::22' })] },
      [['2001:db8:7::/64'], []],
    ],
    'one that two routers call their own tells nothing': [
      { gateways: linkLocal, routers: [1, 2].map((n) => router(n, { prefixes: [`${lan1}/64`] })) },
      [[], []],
    ],
    'a private one doesn’t count beside one of the Internet’s': [
      {
        gateways: linkLocal,
        routers: [router(1, { prefixes: ['fd00:1::/64', `${lan1}/64`] }), router(2)],
      },
      both,
    ],
    'a private one is better than none': [
      { gateways: linkLocal, routers: [router(2, { prefixes: ['fd00:2::/64'] })] },
      [[], ['fd00:2::/64']],
    ],
    'what stands behind a prefix means nothing': [
      { gateways: linkLocal, routers: [router(2, { prefixes: [`${lan2}1/64`] })] },
      [[], [`${lan2}/64`]],
    ],
    'that of a silent router is known by an address of its own': [
      {
        gateways: linkLocal,
        neighbours: [...known, near('fe80::2', 2), near(`${lan2}1`, 2), near(`${lan1}99`, 9)],
      },
      [[], [`${lan2}/64`]],
    ],
    'that of a global gateway is the one that it is in': [
      { gateways: [`${lan1}1`, `${lan2}1`] },
      both,
    ],
    'each is whose it was when our own route was made': [
      {
        gateways: linkLocal,
        ours: [ourDefault(1, `${lan1}3`), ourDefault(2, `${lan2}3`)],
      },
      both,
    ],
    'nobody’s is guessed': [{ gateways: linkLocal }, [[], []]],
  }
  for (const [name, [given, expected]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(prefixesOf(given), expected))
  }

  test('a router says more than an older route', () => {
    const ours = [ourDefault(2, `${lan1}3`)]
    const said = prefixesOf({ gateways: linkLocal, ours, routers: [router(2)] })
    assert.deepEqual(said[1], [`${lan2}/64`])
  })

  test('this host’s addresses in each are its WAN’s, and its packets leave with them', () => {
    const { uplinks, host } = house({ routers: [router(1), router(2)] })
    assert.deepEqual(
      uplinks.map((uplink) => repliedAddresses(uplink, 'ipv6')),
      [[`${lan1}3`], [`${lan2}3`]],
    )
    const defaults = desiredRoutes(uplinks, host).filter(
      ({ destination }) => destination === '::/0',
    )
    assert.deepEqual(
      defaults.map(({ table, source }) => [table, source]),
      [
        [100, `${lan1}3`],
        [101, `${lan2}3`],
      ],
    )
  })

  test('a WAN whose network this host has no address in can’t be used, and says so', () => {
    const { uplinks } = house({
      addresses: [own[0] ?? '', 'fe80::3/64'],
      routers: [router(1), router(2)],
    })
    assert.deepEqual(
      uplinks.map(({ ways }) => ways.ipv6.problem),
      [
        null,
        'eth0 has no address (yet) in 2001:db8:2::/64, the only network that the router fe80::2 replies to',
      ],
    )
  })

  test('a network behind this host is the WAN’s whose site it is of', () => {
    const { uplinks, host } = house({ routers: [router(1), router(2)] })
    const inside = ['2001:db8:2:100::/64', '2001:db8:1:100::/64']
    const routes = inside.map((network) => exampleRoute(`${network} dev lan0`))
    const found = delegatedNetworks(uplinks, { ...host, routes: [...host.routes, ...routes] })
    assert.deepEqual(Object.fromEntries(found), {
      primary: ['2001:db8:1:100::/64'],
      secondary: ['2001:db8:2:100::/64'],
    })
  })

  test('a link is asked about until all of its WANs are known', () => {
    const asked = (given: House) => {
      const { wans, uplinks } = house(given)
      return linksToAsk(wans, uplinks)
    }
    assert.deepEqual(asked({ routers: [router(1)] }), { all: ['eth0'], unsure: ['eth0'] })
    assert.deepEqual(asked({ routers: [router(1), router(2)] }), { all: ['eth0'], unsure: [] })
    assert.deepEqual(asked({ gateways: ['none', 'none'] }), { all: [], unsure: [] })
  })
})
