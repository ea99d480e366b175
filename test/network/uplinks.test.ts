import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HostState } from '../../src/model/host.ts'
import { gatewayOf, type Uplink } from '../../src/model/uplink.ts'
import { contains } from '../../src/network/networks.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { type ExampleLink, exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleWan, type WanChanges } from '../examples/example-settings.ts'

const eth0: ExampleLink = { name: 'eth0', addresses: ['192.168.0.3/24', 'fe80::3/64'] }
const learnsOnEth0 = { gateway: 'auto', interface: 'eth0' } as const

function uplinkOf(wan: WanChanges, host: HostState): Uplink {
  const [uplink] = resolveUplinks([exampleWan(0, wan)], host)
  assert.ok(uplink !== undefined)
  return uplink
}

describe('an uplink', () => {
  const host = exampleHost(
    [eth0, { name: 'wide', addresses: ['192.168.9.9/16'] }],
    [
      exampleRoute('default via 192.168.0.253 dev eth0 metric 20100'),
      exampleRoute('default via 192.168.0.254 dev eth0 metric 100'),
      exampleRoute('default via 192.168.9.1 dev wide metric 50'),
      exampleRoute('default -6 via fe80::1 dev eth0'),
    ],
  )

  test('is on the link whose narrowest network holds the gateway', () => {
    assert.equal(uplinkOf({ gateway: '192.168.0.1' }, host).link, 'eth0')
    assert.equal(uplinkOf({ gateway: '192.168.7.1' }, host).link, 'wide')
  })

  test('learns its gateways from the best default route of its own interface', () => {
    const uplink = uplinkOf({ ...learnsOnEth0, gateway6: 'auto' }, host)
    assert.equal(gatewayOf(uplink, 'ipv4'), '192.168.0.254')
    assert.equal(gatewayOf(uplink, 'ipv6'), 'fe80::1')
    assert.deepEqual([uplink.ways.ipv4.problem, uplink.ways.ipv6.problem], [null, null])
  })

  test('never learns a gateway from another table than main', () => {
    const routes = [exampleRoute('default via 192.168.0.9 dev eth0 table 100')]
    assert.equal(gatewayOf(uplinkOf(learnsOnEth0, exampleHost([eth0], routes)), 'ipv4'), null)
  })

  test('has no IPv6 gateway where the kernel has no IPv6', () => {
    const on = (gateway6: string, one: HostState) => gatewayOf(uplinkOf({ gateway6 }, one), 'ipv6')
    assert.equal(on('fe80::1', { ...host, ipv6: false }), null)
    assert.equal(on('fe80::1', host), 'fe80::1')
    assert.equal(on('none', host), null)
  })

  test('is called wrong when the options name the link of another network', () => {
    const wrong = uplinkOf(
      { gateway: '192.168.0.1', interface: 'wide' },
      exampleHost([eth0, host2]),
    )
    assert.equal(wrong.ways.ipv4.problem, 'the gateway 192.168.0.1 is not in a network of wide')
  })
  const host2: ExampleLink = { name: 'wide', addresses: ['10.0.0.2/24'] }
})

const problems: readonly (readonly [string, WanChanges, HostState, string | null])[] = [
  ['all is there', { gateway: '192.168.0.1' }, exampleHost([eth0]), null],
  [
    'the gateway is in no network of the host',
    { gateway: '10.0.0.1' },
    exampleHost([eth0]),
    'the gateway 10.0.0.1 is in no network of this host (192.168.0.0/24)',
  ],
  [
    'the interface is not there',
    { interface: 'usb0' },
    exampleHost([eth0]),
    'the interface usb0 does not exist (yet)',
  ],
  [
    'the interface is switched off',
    { interface: 'eth0' },
    exampleHost([{ ...eth0, down: true }]),
    'the interface eth0 is switched off',
  ],
  [
    'the cable is out',
    { interface: 'eth0' },
    exampleHost([{ ...eth0, noCarrier: true }]),
    'eth0 has no carrier: is the cable in, is the peer on?',
  ],
  [
    'DHCP has not answered',
    { interface: 'eth0' },
    exampleHost([{ name: 'eth0', addresses: ['fe80::3/64'] }]),
    'eth0 has no IPv4 address (yet)',
  ],
  [
    'no gateway has been learned',
    learnsOnEth0,
    exampleHost([eth0]),
    'eth0 has learned no gateway (yet)',
  ],
  [
    'the gateway is behind a /32 and main has the way to it',
    { gateway: '10.99.0.1', interface: 'eth0' },
    exampleHost(
      [{ name: 'eth0', addresses: ['203.0.113.9/32'] }],
      [exampleRoute('10.99.0.1/32 dev eth0')],
    ),
    null,
  ],
  [
    'the gateway would be reached by another gateway only',
    { gateway: '10.99.0.1', interface: 'eth0' },
    exampleHost([eth0], [exampleRoute('10.99.0.0/24 via 192.168.0.9 dev eth0')]),
    'the gateway 10.99.0.1 is not in a network of eth0',
  ],
]

describe('what stands in the way of an uplink', () => {
  for (const [name, wan, host, problem] of problems) {
    test(`when ${name}`, () => assert.equal(uplinkOf(wan, host).ways.ipv4.problem, problem))
  }
})

describe('an uplink without a gateway', () => {
  const ppp: ExampleLink = { name: 'ppp0', addresses: ['198.51.100.7/32'] }
  const line = [exampleRoute('default dev ppp0'), exampleRoute('default -6 dev ppp0')]
  const hops = (wan: WanChanges, host: HostState) => {
    const { ipv4, ipv6 } = uplinkOf({ interface: 'ppp0', ...wan }, host).ways
    return [ipv4.hop?.kind ?? null, ipv6.hop?.kind ?? null, ipv4.problem]
  }

  test('is learned from a default route that goes into the link', () => {
    const host = exampleHost([ppp], line)
    assert.deepEqual(hops({ gateway: 'auto', gateway6: 'auto' }, host), ['link', 'link', null])
  })

  test('needs no default route in main where the options say so', () => {
    const host = exampleHost([ppp])
    assert.deepEqual(hops({ gateway: 'none', gateway6: 'link' }, host), ['link', 'link', null])
  })

  test('prefers a gateway where main has both', () => {
    const both = [
      exampleRoute('default dev eth0'),
      exampleRoute('default via 192.168.0.1 dev eth0 metric 100'),
    ]
    assert.equal(
      gatewayOf(uplinkOf(learnsOnEth0, exampleHost([eth0], both)), 'ipv4'),
      '192.168.0.1',
    )
  })
})

describe('an interface by its MAC', () => {
  const mac = 'aa:bb:cc:dd:ee:f0'
  const wan = { gateway: 'auto', interface: mac } as const
  const hostWith = (...names: readonly string[]) => {
    const host = exampleHost(
      names.map((name) => ({ name, addresses: name.includes('.') ? ['192.168.8.2/24'] : [] })),
    )
    const links = host.links.map((link) => (link.name === 'lo' ? link : { ...link, mac }))
    return { ...host, links }
  }

  test('is found under whatever name it has', () => {
    assert.equal(uplinkOf(wan, hostWith('wwan3')).link, 'wwan3')
    assert.equal(uplinkOf(wan, hostWith('enx0')).link, 'enx0')
  })

  test('is, of several with that MAC, the one with an address', () => {
    assert.equal(uplinkOf(wan, hostWith('eth0', 'eth0.7')).link, 'eth0.7')
  })

  test('is waited for where no link has it', () => {
    const { link, ways } = uplinkOf(wan, exampleHost([eth0]))
    assert.deepEqual([link, ways.ipv4.problem], [null, 'its interface does not exist (yet)'])
  })
})

describe("main's default route is gone", () => {
  const routes = [exampleRoute('default via 192.168.0.254 dev eth0')]
  const wans = [exampleWan(0, learnsOnEth0)]
  const before = resolveUplinks(wans, exampleHost([eth0], routes))
  const after = (link: ExampleLink) => {
    const [uplink] = resolveUplinks(wans, exampleHost([link]), before)
    return uplink?.ways.ipv4
  }

  test('and the gateway is kept while link and address are there, and says so', () => {
    const way = after(eth0)
    assert.deepEqual(way?.hop, { kind: 'gateway', address: '192.168.0.254', mac: null })
    assert.match(way.notice ?? '', /main has lost the default route of eth0.*192\.168\.0\.254/)
  })

  for (const [name, link] of [
    ['another address', { name: 'eth0', addresses: ['192.168.0.77/24'] }],
    ['no address', { name: 'eth0', addresses: ['fe80::3/64'] }],
    ['no carrier', { ...eth0, noCarrier: true }],
  ] satisfies readonly [string, ExampleLink][]) {
    test(`and it is forgotten with ${name}`, () => assert.equal(after(link)?.hop, null))
  }
})

test('a network contains no address of the other family', () => {
  assert.equal(contains('0.0.0.0/0', '2001:db8::1'), false)
  assert.equal(contains('::/0', '192.168.0.1'), false)
  assert.equal(contains('192.168.0.0/24', '192.168.1.0'), false)
  assert.equal(contains('192.168.0.0/24', '192.168.0.255'), true)
})
