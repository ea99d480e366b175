import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FoundInput, foundLines } from '../../src/lines/found-lines.ts'
import type { HeardLine, KnownGateway } from '../../src/model/line-search.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { settingsOf } from '../examples/settings-of.ts'

/** A router of eth0 with Internet and a MAC of its own; `place` as in `wan1/10.1.0.1`. */
function heard(place: string, changes: Partial<HeardLine> = {}): HeardLine {
  const [link = '', address = null] = place.split('/')
  return {
    link,
    address,
    mac: address === null ? null : macOf(address),
    answered: [{ target: '1.1.1.1', method: 'icmp', latency_ms: 10 }],
    forwards: true,
    answersFrom: null,
    redirectsTo: null,
    hops: [],
    publicIp: null,
    publicIp6: null,
    ...changes,
  }
}

function macOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return `02:00:${bytes.join(':')}`
}

function gateway(place: string, foundBy: KnownGateway['foundBy'] = 'default_route'): KnownGateway {
  const [link = '', address = ''] = place.split('/')
  return { link, address, foundBy }
}

function found(lines: readonly HeardLine[], changes: Partial<FoundInput> = {}) {
  return foundLines({
    plan: { gateways: [] },
    heard: { lines, routers6: [] },
    uplinks: [],
    wans: [],
    makerOf: () => null,
    ...changes,
  })
}

const ids = (lines: readonly { readonly id: string }[]) => lines.map(({ id }) => id)

describe('which lines come first', () => {
  test('those with Internet, then as the host prefers them, then by address', () => {
    const { lines } = found(
      [
        heard('eth0/192.168.0.10'),
        heard('eth0/192.168.0.9'),
        heard('eth0/192.168.0.2', { answered: [] }),
        heard('eth0/192.168.0.1'),
      ],
      { plan: { gateways: [gateway('eth0/192.168.0.2'), gateway('eth0/192.168.0.1')] } },
    )
    assert.deepEqual(ids(lines), [
      'eth0/192.168.0.1',
      'eth0/192.168.0.9',
      'eth0/192.168.0.10',
      'eth0/192.168.0.2',
    ])
  })

  test('a gateway by the host’s word is told even if nobody is there', () => {
    const { lines } = found([], { plan: { gateways: [gateway('eth0/192.168.0.1')] } })
    const [line] = lines
    assert.deepEqual(ids(lines), ['eth0/192.168.0.1'])
    assert.deepEqual([line?.mac, line?.answered, line?.latency_ms], [null, [], null])
    assert.deepEqual(line?.found_by, ['default_route'])
  })
})

describe('who is no line', () => {
  test('a second address of a known router', () => {
    const mac = '02:00:00:00:00:aa'
    const { lines } = found(
      [heard('eth0/192.168.0.254', { mac }), heard('eth0/192.168.0.1', { mac })],
      { plan: { gateways: [gateway('eth0/192.168.0.1')] } },
    )
    assert.deepEqual(ids(lines), ['eth0/192.168.0.1'])
  })

  test('a neighbour whose packets are answered past it; the user is told', () => {
    const router = heard('eth0/192.168.0.1')
    const server = heard('eth0/192.168.0.20', { answersFrom: router.mac })
    const { lines, notes } = found([router, server])
    assert.deepEqual(ids(lines), ['eth0/192.168.0.1'])
    assert.match(notes.join(), /^192\.168\.0\.20 on eth0 only passes packets on/)
  })

  test('a neighbour that shows the way to the router and answers nothing; nobody is told', () => {
    const router = heard('eth0/192.168.0.1')
    const server = heard('eth0/192.168.0.20', { answered: [], redirectsTo: '192.168.0.1' })
    const { lines, notes } = found([router, server])
    assert.deepEqual([ids(lines), notes], [['eth0/192.168.0.1'], []])
  })

  test('a link on which a gateway is a line, but a silent link alone is none either', () => {
    const stick = heard('wwan0/192.168.8.1')
    assert.deepEqual(ids(found([heard('wwan0', { answered: [] }), stick]).lines), [
      'wwan0/192.168.8.1',
    ])
    assert.deepEqual(ids(found([heard('wwan0'), stick]).lines), ['wwan0/192.168.8.1'])
    assert.deepEqual(ids(found([heard('wwan0', { answered: [] })]).lines), [])
    assert.deepEqual(ids(found([heard('wwan0')]).lines), ['wwan0'])
  })

  test('the relay that the host’s own route names stays, and is the same line', () => {
    const router = heard('eth0/192.168.0.1')
    const relay = heard('eth0/192.168.0.20', { answersFrom: router.mac })
    const { lines } = found([router, relay], {
      plan: { gateways: [gateway('eth0/192.168.0.20')] },
    })
    assert.deepEqual(
      lines.map(({ id, same_as }) => [id, same_as]),
      [
        ['eth0/192.168.0.20', null],
        ['eth0/192.168.0.1', 'eth0/192.168.0.20'],
      ],
    )
  })
})

describe('one line or two', () => {
  const a = 'wan1/10.1.0.1'
  const b = 'wan2/10.2.0.1'
  const home = '198.51.100.7'
  const cases: readonly [string, Partial<HeardLine>, Partial<HeardLine>, boolean][] = [
    ['one public address', { publicIp: home }, { publicIp: home }, true],
    ['two public addresses', { publicIp: home }, { publicIp: '203.0.113.9' }, false],
    [
      'two public addresses behind one router of the provider',
      { publicIp: home, hops: ['192.0.2.1'] },
      { publicIp: '203.0.113.9', hops: ['192.0.2.1'] },
      false,
    ],
    [
      'one public address, and ways that have nothing in common: the provider shares it',
      { publicIp: home, hops: ['100.64.0.1', null, '192.0.2.1'] },
      { publicIp: home, hops: ['100.65.0.1', '192.0.2.9'] },
      false,
    ],
    [
      'one public address, an inner router that reaches the outer by another of its addresses',
      { publicIp: home, hops: ['192.0.2.1'] },
      { publicIp: home, hops: ['172.16.0.1', '192.0.2.1'] },
      true,
    ],
    [
      'one public address, and one that names nobody',
      { publicIp: home, hops: ['192.0.2.1'] },
      { publicIp: home },
      true,
    ],
    ['no public address, one behind the other', {}, { hops: ['10.1.0.1'] }, true],
    ['no public address, the other behind the one', { hops: ['10.2.0.1'] }, {}, true],
    [
      'no public address, and one next router',
      { hops: ['192.168.1.1'] },
      { hops: ['192.168.1.1'] },
      true,
    ],
    [
      'no public address, and two next routers',
      { hops: ['192.168.1.1'] },
      { hops: ['192.168.2.1'] },
      false,
    ],
    ['nothing known but that both work', {}, {}, false],
    [
      'two silent next routers',
      { hops: [null, '192.0.2.1'] },
      { hops: [null, '192.0.2.1'] },
      false,
    ],
    [
      'a router that is reached by cable and by Wi-Fi',
      { mac: '02:00:00:00:00:aa' },
      { mac: '02:00:00:00:00:aa' },
      true,
    ],
    [
      'two sticks of one kind, which have one MAC',
      { mac: '0c:5b:8f:27:9a:64', publicIp: home },
      { mac: '0c:5b:8f:27:9a:64', publicIp: '203.0.113.9' },
      false,
    ],
  ]
  for (const [name, one, other, isSame] of cases) {
    test(`${name}: ${isSame ? 'one' : 'two'}`, () => {
      const { lines } = found([heard(a, one), heard(b, other)])
      assert.deepEqual(
        lines.map(({ same_as }) => same_as),
        [null, isSame ? a : null],
      )
    })
  }

  test('a provider that shares its address is named', () => {
    const shared = (hop: string) => ({ publicIp: home, hops: [hop] })
    const { notes } = found([heard(a, shared('100.64.0.1')), heard(b, shared('100.65.0.1'))])
    assert.match(notes.join(), /^wan1\/10\.1\.0\.1 and wan2\/10\.2\.0\.1 have the public address/)
  })

  test('a third one is the same as the first, not as the second', () => {
    const same = { publicIp: home }
    const { lines } = found([heard(a, same), heard(b, same), heard('wan3/10.3.0.1', same)])
    assert.deepEqual(
      lines.map(({ same_as }) => same_as),
      [null, a, a],
    )
  })
})

describe('what is suggested', () => {
  test('the next free name for each, distinct lines first', () => {
    const same = { publicIp: '198.51.100.7' }
    const { lines } = found([
      heard('eth0/192.168.0.1', same),
      heard('eth1/10.0.0.1', same),
      heard('eth2/10.2.0.1'),
    ])
    assert.deepEqual(
      lines.map(({ id, suggested }) => [id, suggested.name]),
      [
        ['eth0/192.168.0.1', 'primary'],
        ['eth1/10.0.0.1', 'third'],
        ['eth2/10.2.0.1', 'secondary'],
      ],
    )
  })

  test('a configured WAN keeps its name and what it costs', () => {
    const settings = settingsOf(
      'wans: [{ name: secondary, gateway: 192.168.0.1, metered: true }, { name: lte, gateway: 192.168.0.2 }]',
    )
    const uplinks = resolveUplinks(settings.wans, oneSubnet)
    const { lines } = found([heard('eth0/192.168.0.1'), heard('eth0/192.168.0.9')], {
      uplinks,
      wans: settings.wans,
      plan: { gateways: [gateway('eth0/192.168.0.1', 'configured')] },
    })
    assert.deepEqual(
      lines.map(({ wan, suggested }) => [wan, suggested.name, suggested.metered]),
      [
        ['secondary', 'secondary', true],
        [null, 'primary', false],
      ],
    )
    assert.deepEqual(lines[0]?.found_by, ['configured', 'neighbour'])
  })

  test('more lines than there may be WANs have names too, each another', () => {
    const many = Array.from({ length: 12 }, (_, at) => heard(`eth0/192.168.0.${at + 1}`))
    const names = found(many).lines.map(({ suggested }) => suggested.name)
    assert.equal(new Set(names).size, 12)
    assert.ok(names.every((name) => /^[a-z][a-z0-9_]*$/.test(name)))
  })

  test('IPv6 by the router with the MAC of the gateway, on its own link if that is known', () => {
    const mac = '0c:5b:8f:27:9a:64'
    const routers6 = [
      { link: 'usb0', address: 'fe80::a', mac },
      { link: 'usb1', address: 'fe80::b', mac },
      { link: null, address: 'fe80::c', mac: macOf('192.168.0.1') },
    ]
    const lines = [
      heard('usb0/192.168.8.1', { mac }),
      heard('usb1/192.168.8.1', { mac }),
      heard('eth0/192.168.0.1'),
    ]
    const told = found(lines, { heard: { lines, routers6 } }).lines
    assert.deepEqual(
      told.map(({ id, gateway6 }) => [id, gateway6]),
      [
        ['eth0/192.168.0.1', 'fe80::c'],
        ['usb0/192.168.8.1', 'fe80::a'],
        ['usb1/192.168.8.1', 'fe80::b'],
      ],
    )
  })
})
