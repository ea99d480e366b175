import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Route } from '../../src/model/host.ts'
import { placeOf } from '../../src/network/resolver-wans.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'

function surroundings(routes: readonly Route[] = []) {
  const { wans } = exampleSettings({
    wans: [
      exampleWan(0, { gateway6: 'fe80::1' }),
      exampleWan(1, { gateway: '192.168.8.1', interface: 'wwan0' }),
      exampleWan(2, { gateway: 'none', interface: 'ppp0' }),
    ],
  })
  const host = exampleHost(
    [
      { name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64', 'fe80::3/64'] },
      { name: 'wwan0', addresses: ['192.168.8.100/24'] },
      { name: 'ppp0', addresses: ['100.64.7.2/32'] },
    ],
    [
      exampleRoute('default via 192.168.0.1 dev eth0 metric 100'),
      exampleRoute('default dev ppp0 metric 300'),
      ...routes,
    ],
  )
  return { host, uplinks: resolveUplinks(wans, host) }
}

const pinned = exampleRoute('8.8.8.8/32 via 192.168.0.1 dev eth0')
const cases: readonly [resolver: string, place: string, routes?: readonly Route[]][] = [
  ['127.0.0.53', 'own'],
  ['::1', 'own'],
  ['192.168.0.3', 'own'],
  ['192.168.0.1', 'router primary'],
  ['192.168.8.1', 'router secondary'],
  ['fe80::1%eth0', 'router primary'],
  ['fe80::1%wwan0', 'neighbour'],
  ['192.168.0.9', 'neighbour'],
  ['fe80::9%eth0', 'neighbour'],
  ['8.8.8.8', 'internet'],
  ['2001:db8:f::53', 'internet'],
  ['8.8.8.8', 'pinned primary', [pinned]],
  ['8.8.4.4', 'internet', [pinned]],
  ['10.9.9.9', 'pinned primary', [exampleRoute('10.0.0.0/8 via 192.168.0.1 dev eth0')]],
  ['10.9.9.9', 'neighbour', [exampleRoute('10.0.0.0/8 via 192.168.0.7 dev eth0')]],
  ['8.8.8.8', 'pinned third', [exampleRoute('8.8.8.8/32 dev ppp0')]],
  ['100.64.7.1', 'pinned third', [exampleRoute('100.64.7.1/32 dev ppp0', { protocol: 2 })]],
  // The longest match wins, then the smallest metric, as in the kernel.
  ['8.8.8.8', 'neighbour', [pinned, exampleRoute('8.8.8.8/32 dev wg0 metric 0', { metric: -1 })]],
  ['8.8.8.8', 'pinned primary', [pinned, exampleRoute('8.0.0.0/8 via 192.168.8.1 dev wwan0')]],
  // Another table, or a default, pins nothing.
  ['8.8.8.8', 'internet', [exampleRoute('8.8.8.8/32 via 192.168.0.1 dev eth0 table 7')]],
]

for (const [resolver, expected, routes = []] of cases) {
  const beside = routes.map(({ destination, nextHops }) => `${destination} ${nextHops[0]?.link}`)
  test(`${resolver} is: ${expected}${beside.length === 0 ? '' : ` (${beside.join(', ')})`}`, () => {
    const place = placeOf(resolver, surroundings(routes))
    assert.equal('wan' in place ? `${place.kind} ${place.wan}` : place.kind, expected)
  })
}
