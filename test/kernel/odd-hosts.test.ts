/** What other people's hosts print, read without a crash and without a lie. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRoutes } from '../../src/kernel/reading/read-routes.ts'
import { readRules } from '../../src/kernel/reading/read-rules.ts'
import { by, ourRoute } from '../examples/example-route.ts'
import { ourRule } from '../examples/example-rule.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

const context = { family: 'ipv4', log: new RecordedLog() } as const

test("others' selectors stay visible as text", () => {
  const all = { src: 'all' }
  const entries = [
    { priority: 10, not: null, src: '1.2.3.0', srclen: 24, fwmark: '0x5', goto: 32766 },
    { priority: 11, ...all, nop: null },
    { priority: 12, ...all, tun_id: 3, table: '254', suppress_ifgroup: '3' },
    { priority: 13, ...all, oif: 'd0', oif_detached: null, uid_start: 1, uid_end: 2, action: '7' },
    { priority: 1000, ...all, l3mdev: null },
    { priority: 13, ...all, dport: 53, table: '7' },
    { priority: 13, ...all, dport_start: 5, dport_end: 9, table: '7' },
    { priority: 14, ...all, ipproto: 'gre', table: '7', protocol: '201' },
  ]
  assert.deepEqual(
    readRules(entries, context).map(({ action, other, words, mark }) => [
      action,
      words ?? other,
      mark,
    ]),
    [
      [{ kind: 'other', text: 'goto 32766' }, 'not', { value: 5, mask: 0xffffffff }],
      [{ kind: 'other', text: 'nop' }, null, null],
      [
        { kind: 'lookup', table: 254, suppressPrefixLength: null },
        'tun_id 3 suppress_ifgroup 3',
        null,
      ],
      [{ kind: 'unreachable' }, 'oif d0 uidrange 1-2', null],
      [{ kind: 'other', text: 'l3mdev' }, 'l3mdev', null],
      [{ kind: 'lookup', table: 7, suppressPrefixLength: null }, 'dport 53', null],
      [{ kind: 'lookup', table: 7, suppressPrefixLength: null }, 'dport 5-9', null],
      [{ kind: 'lookup', table: 7, suppressPrefixLength: null }, 'ipproto gre', null],
    ],
  )
})

test('protocols are understood by number and by name, as the versions of ip print them', () => {
  const entries = ['ipproto-17', '17', 'udp'].map((ipproto) => ({
    priority: 9930,
    src: 'all',
    iif: 'lo',
    ipproto,
    sport_start: 61000,
    sport_end: 61099,
    table: '100',
    protocol: '201',
  }))
  const rule = ourRule({
    priority: 9930,
    incoming: 'lo',
    ipProtocol: 'udp',
    sourcePorts: { first: 61000, last: 61099 },
  })
  assert.deepEqual(readRules(entries, context), [rule, rule, rule])
})

test('flags that come and go, the local table, multicast and the cache are left out', () => {
  const route = { dst: '10.0.0.0/8', gateway: '192.168.1.1', dev: 'one', table: 100, protocol: 201 }
  const entries = [
    { ...route, flags: ['dead', 'linkdown'] },
    { ...route, table: '255' },
    { ...route, type: '5' },
    { ...route, cache: [] },
  ]
  assert.deepEqual(readRoutes(entries, context), [ourRoute({ destination: '10.0.0.0/8' })])
})

test('a nexthop group is read as the ways that ip shows, else as a route of others', () => {
  const group = { dst: '10.0.0.0/8', nhid: 9, table: '100', protocol: '201', flags: [] }
  const nexthops = [
    { gateway: '192.168.1.1', dev: 'one', weight: 2, flags: ['linkdown'] },
    { via: { family: 'inet6', host: 'fe80::1' }, dev: 'two', flags: ['onlink'] },
  ]
  const hops = [
    { ...by('192.168.1.1'), weight: 2 },
    { ...by('fe80::1', 'two'), onlink: true },
  ]
  assert.deepEqual(readRoutes([{ ...group, nexthops }, group], context), [
    ourRoute({ destination: '10.0.0.0/8', nextHops: hops }),
    ourRoute({ destination: '10.0.0.0/8', type: 'other', nextHops: [] }),
  ])
})

test('a route with more to it than the model holds is somebody else’s', () => {
  const route = { dst: 'default', gateway: 'fe80::1', dev: 'one', flags: [], metric: 100 }
  const entries = [
    { ...route, from: '2001:db8::/48' },
    { ...route, encap: 'ip6', id: 5 },
    { ...route, expires: 1799, pref: 'medium', error: -113 },
  ]
  const types = readRoutes(entries, { ...context, family: 'ipv6' }).map(({ type }) => type)
  assert.deepEqual(types, ['other', 'other', 'unicast'])
})

test('an entry that makes no sense is left out, named in the log, and the rest is read', () => {
  const log = new RecordedLog()
  const good = { dst: 'default', gateway: '192.168.1.1', dev: 'one', table: '100', protocol: '201' }
  const entries = [{ dst: 7 }, 'nonsense', null, { ...good, table: 'home' }, good]
  const routes = readRoutes(entries, { family: 'ipv4', log })
  assert.deepEqual(routes, [ourRoute({ destination: '0.0.0.0/0' })])
  assert.equal(log.matching(/Left out an entry of ip/).length, 4)
})

test('a rule with an object in it, of an ip to come, is read as one of others', () => {
  const entry = { priority: 5, src: 'all', table: '100', protocol: 201, extra: { toString: null } }
  const [rule] = readRules([entry], context)
  assert.equal(rule?.other, 'extra {"toString":null}')
})
