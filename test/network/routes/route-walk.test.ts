import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Route, Rule } from '../../../src/model/host.ts'
import { type Packet, walk } from '../../../src/network/routes/route-walk.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { exampleRule, lookUp } from '../../examples/example-rule.ts'
import { walkRules } from '../../fakes/fake-route-walk.ts'

const mark = { value: 0x9000000, mask: 0xff000000 }
const rules: readonly Rule[] = [
  exampleRule(9900, { mark, action: lookUp(101) }),
  exampleRule(9901, { mark, action: { kind: 'unreachable' } }),
  exampleRule(9930, {
    incoming: 'lo',
    ipProtocol: 'udp',
    sourcePorts: { first: 61000, last: 61099 },
    action: lookUp(101),
  }),
  exampleRule(10000, { action: lookUp(254, 0) }),
  exampleRule(10500, { from: '192.168.0.50/32', action: { kind: 'prohibit' } }),
  exampleRule(10600, { to: '203.0.113.0/24', action: lookUp(52) }),
  exampleRule(10700, { other: 'uidrange 1000-1000', action: lookUp(52) }),
  exampleRule(10800, {
    mark: { value: 0, mask: 0xff },
    other: 'not',
    action: lookUp(53),
  }),
  exampleRule(10900, { action: lookUp(100) }),
  exampleRule(32766),
]
const routes: readonly Route[] = [
  exampleRoute('192.168.0.0/24 dev eth0'),
  exampleRoute('default via 192.168.0.1 dev eth0'),
  exampleRoute('10.0.0.0/8 via 192.168.0.9 dev eth0 metric 200'),
  exampleRoute('10.0.0.0/8 via 192.168.0.8 dev eth0 metric 100'),
  exampleRoute('10.1.0.0/16', { type: 'blackhole' }),
  exampleRoute('default via 192.168.0.1 dev eth0 table 100'),
  exampleRoute('198.51.100.0/24 table 100', { type: 'throw' }),
  exampleRoute('9.9.9.0/24 via 192.168.0.2 dev eth0 table 101'),
  exampleRoute('default dev tun0 table 52'),
  exampleRoute('default dev wg0 table 53'),
]

const rows: readonly (readonly [string, Partial<Packet>, string])[] = [
  ['the LAN is main’s', { target: '192.168.0.77' }, '10000 none eth0'],
  ['the Internet is the last lookup’s', { target: '1.1.1.1' }, '10900 192.168.0.1 eth0'],
  ['of equal routes the lower metric wins', { target: '10.9.9.9' }, '10000 192.168.0.8 eth0'],
  ['the longest prefix wins, a blackhole too', { target: '10.1.2.3' }, '10000 nowhere'],
  ['a throw goes on to the next rule', { target: '198.51.100.1' }, '32766 192.168.0.1 eth0'],
  ['a mark leads to its table', { target: '9.9.9.9', mark: 0x9000001 }, '9900 192.168.0.2 eth0'],
  ['a mark’s table without a way fails', { target: '1.1.1.1', mark: 0x9000000 }, '9901 nowhere'],
  [
    'a port leads to its table',
    { target: '9.9.9.9', sourcePort: 61050, ipProtocol: 'udp' },
    '9930 192.168.0.2 eth0',
  ],
  [
    'a client’s port of that number does not',
    { target: '9.9.9.9', sourcePort: 61050, ipProtocol: 'udp', incoming: 'eth1', from: '10.8.0.1' },
    '10900 192.168.0.1 eth0',
  ],
  ['a source may be forbidden', { target: '1.1.1.1', from: '192.168.0.50' }, '10500 nowhere'],
  ['a mark may be all but meant', { target: '1.1.1.1', mark: 7 }, '10800 none wg0'],
  ['a destination may have a tunnel', { target: '203.0.113.5' }, '10600 none tun0'],
]

describe('a packet’s way', () => {
  for (const [name, changes, expected] of rows) {
    test(`${name}: ${expected}`, () => {
      const packet: Packet = { family: 'ipv4', target: '1.1.1.1', ...changes }
      const { rule, nextHop } = walk({ rules, routes }, packet)
      const way = nextHop === null ? 'nowhere' : `${nextHop.gateway ?? 'none'} ${nextHop.link}`
      assert.equal(`${rule?.priority} ${way}`, expected)
      const kernel = walkRules(packet, { rules, routes, addresses: [] })
      assert.equal(kernel.nextHop?.gateway, nextHop?.gateway)
      assert.equal(kernel.nextHop?.link, nextHop?.link)
    })
  }

  test('of a family without any rule is nowhere', () => {
    const way = walk({ rules, routes }, { family: 'ipv6', target: '2001:db8::1' })
    assert.deepEqual(way, { rule: null, route: null, nextHop: null })
  })
})
