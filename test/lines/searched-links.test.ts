import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownGateways } from '../../src/lines/known-gateways.ts'
import { searchedLinks, sticksWithoutAddress } from '../../src/lines/searched-links.ts'
import type { HostState } from '../../src/model/host.ts'
import type { KnownGateway } from '../../src/model/line-search.ts'
import { type ExampleLink, exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'

/** All addresses that one link's neighbours are asked for. */
function asked(link: ExampleLink, gateways: readonly KnownGateway[] = []): readonly string[] {
  const [searched] = searchedLinks(exampleHost([link]), gateways)
  return (searched?.subnets ?? []).flatMap(({ ask }) => ask)
}

function names(host: HostState): string[] {
  return searchedLinks(host, []).map(({ name }) => name)
}

test('a home’s subnet is asked whole, but for this host; who is known and guessed comes first', () => {
  const known = { link: 'eth0', address: '192.168.0.77', foundBy: 'dhcp' } as const
  const all = asked({ name: 'eth0', addresses: ['192.168.0.3/24'] }, [known])
  assert.deepEqual(all.slice(0, 5), [
    '192.168.0.77',
    '192.168.0.1',
    '192.168.0.254',
    '192.168.0.2',
    '192.168.0.4',
  ])
  assert.equal(all.length, 253)
})

const sizes: readonly [string, number, string][] = [
  ['10.0.0.3/22', 1021, 'all of a /22'],
  ['10.0.5.3/21', 257, 'of a larger one its own 256, the first and the last'],
  ['10.9.5.3/8', 257, 'of the largest no more'],
  ['192.168.0.2/30', 1, 'the other end of a /30'],
  ['192.168.0.2/31', 1, 'the other end of a /31'],
  ['192.168.0.2/32', 0, 'nobody of a /32'],
  ['203.0.113.9/24', 2, 'of a provider’s network the first and the last only'],
  ['100.64.3.9/22', 2, 'and of one that it shares'],
]
for (const [address, count, what] of sizes) {
  test(`${address}: ${what}`, () => {
    assert.equal(asked({ name: 'eth0', addresses: [address] }).length, count)
  })
}

test('each subnet of a link is asked from the address in it', () => {
  const link = { name: 'eth0', addresses: ['192.168.0.3/24', '10.1.0.3/30'] }
  const [searched] = searchedLinks(exampleHost([link]), [])
  assert.deepEqual(
    searched?.subnets.map(({ own, ask }) => [own, ask.length]),
    [
      ['192.168.0.3', 253],
      ['10.1.0.3', 2],
    ],
  )
})

test('a gateway outside all subnets of its link is asked first, from the first address', () => {
  const known = { link: 'eth0', address: '10.255.255.1', foundBy: 'default_route' } as const
  const link = { name: 'eth0', addresses: ['203.0.113.9/32', '192.168.0.3/30'] }
  const [searched] = searchedLinks(exampleHost([link]), [known])
  assert.deepEqual(searched?.subnets, [
    { own: '203.0.113.9', ask: ['10.255.255.1'] },
    { own: '192.168.0.3', ask: ['192.168.0.1', '192.168.0.2'] },
  ])
})

test('a stick without an address is named, a cable without one is not', () => {
  const host = exampleHost([
    { name: 'usb0' },
    { name: 'usb1', addresses: ['192.168.8.100/24'] },
    { name: 'wwan0', down: true },
    { name: 'eth1' },
  ])
  assert.deepEqual(sticksWithoutAddress(host), ['usb0'])
})

test('links of containers, VPNs and what is down are left out; VLANs and Wi-Fi are not', () => {
  const up = (name: string, at: number) => ({ name, addresses: [`10.${at}.0.2/24`] })
  const inside = [
    'docker0',
    'hassio',
    'br-0123456789ab',
    'veth12',
    'virbr0',
    'wg0',
    'tailscale0',
    'wf-home_ip',
  ]
  const outside = ['eth0', 'eth0.7', 'wlan0', 'enx001122334455', 'br0', 'vmbr0']
  const host = exampleHost([
    ...[...inside, ...outside].map(up),
    { name: 'eth8', addresses: ['10.88.0.2/24'], down: true },
    { name: 'eth9', addresses: ['10.99.0.2/24'], noCarrier: true },
    { name: 'eth10' },
  ])
  assert.deepEqual(names(host), outside)
})

test('beside Docker only those count that it calls no bridge, unless nothing is known of any', () => {
  const host = (clientLinks: readonly string[]) =>
    exampleHost(
      [
        { name: 'eth0', addresses: ['192.168.0.3/24'] },
        { name: 'containers', addresses: ['172.30.0.1/24'] },
      ],
      [],
      { docker: { drops: [], accepts: [], clientLinks } },
    )
  assert.deepEqual(names(host(['eth0'])), ['eth0'])
  assert.deepEqual(names(host([])), ['eth0', 'containers'])
})

test('a link may be a line itself: without Ethernet, of a modem, or by a route without a gateway', () => {
  const host = exampleHost(
    [
      { name: 'eth0', addresses: ['192.168.0.3/24'] },
      { name: 'wwan0', addresses: ['10.64.0.5/32'] },
      { name: 'dsl', addresses: ['10.65.0.5/32'] },
      { name: 'ppp0', addresses: ['10.66.0.5/32'] },
      { name: 'tun0', addresses: ['10.67.0.5/32'] },
    ],
    [exampleRoute('default dev dsl')],
  )
  const types: Readonly<Record<string, string>> = { ppp0: 'ppp', tun0: 'none' }
  const links = host.links.map((link) => ({ ...link, type: types[link.name] ?? link.type }))
  assert.deepEqual(
    searchedLinks({ ...host, links }, []).map(({ name, direct }) => [name, direct]),
    [
      ['eth0', false],
      ['wwan0', true],
      ['dsl', true],
      ['ppp0', true],
    ],
  )
})

test('gateways of all tables are known, those with the better metric first', () => {
  const host = exampleHost(
    [{ name: 'eth0', addresses: ['192.168.0.3/24'] }],
    [
      exampleRoute('default via 192.168.0.2 dev eth0 metric 200'),
      exampleRoute('default via 192.168.0.1 dev eth0 metric 100'),
      exampleRoute('default via 192.168.0.9 dev eth0 table 77'),
      exampleRoute('10.0.0.0/8 via 192.168.0.5 dev eth0'),
    ],
  )
  assert.deepEqual(
    knownGateways(host, []).map(({ address }) => address),
    ['192.168.0.9', '192.168.0.1', '192.168.0.2'],
  )
})
