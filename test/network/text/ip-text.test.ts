import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../../../src/model/host.ts'
import { describeChange, ipCommand } from '../../../src/network/text/ip-text.ts'
import { by, ourRoute } from '../../examples/example-route.ts'
import { lookUp, ourRule } from '../../examples/example-rule.ts'

const probeMark = { value: 0x9000000, mask: 0xff000000 }
const ports = { first: 61000, last: 61099 }

const rules: readonly (readonly [Rule, string])[] = [
  [
    ourRule({ priority: 9900, mark: probeMark }),
    'pref 9900 fwmark 0x9000000/0xff000000 lookup 100 protocol 201',
  ],
  [
    ourRule({ priority: 9930, incoming: 'lo', ipProtocol: 'udp', sourcePorts: ports }),
    'pref 9930 iif lo ipproto udp sport 61000-61099 lookup 100 protocol 201',
  ],
  [
    ourRule({ priority: 10000, action: lookUp(254, 0) }),
    'pref 10000 lookup 254 suppress_prefixlength 0 protocol 201',
  ],
  [
    ourRule({ priority: 10011, action: { kind: 'unreachable' } }),
    'pref 10011 unreachable protocol 201',
  ],
  [
    ourRule({ priority: 10800, from: '192.168.2.3/32', to: '10.0.0.0/8' }),
    'pref 10800 from 192.168.2.3/32 to 10.0.0.0/8 lookup 100 protocol 201',
  ],
  [
    ourRule({
      priority: 9,
      family: 'ipv6',
      ipProtocol: 'icmp',
      sourcePorts: { first: 5, last: 5 },
    }),
    'pref 9 ipproto ipv6-icmp sport 5 lookup 100 protocol 201',
  ],
]

for (const [rule, text] of rules) {
  test(`a rule is written as \`${text}\`, to add and to delete it`, () => {
    const { family } = rule
    assert.deepEqual(ipCommand({ kind: 'add_rule', rule }), { family, line: `rule add ${text}` })
    assert.deepEqual(ipCommand({ kind: 'delete_rule', rule }), { family, line: `rule del ${text}` })
  })
}

const routes = [
  [
    ourRoute({ destination: '0.0.0.0/0' }),
    'default table 100 proto 201 via 192.168.1.1 dev one',
    'default table 100 proto 201',
  ],
  [
    ourRoute({
      destination: '172.30.32.0/23',
      metric: 425,
      scope: 'link',
      source: '172.30.32.1',
      mtu: 1400,
      nextHops: [by(null, 'hassio')],
    }),
    '172.30.32.0/23 table 100 proto 201 dev hassio metric 425 scope link src 172.30.32.1 mtu 1400',
    '172.30.32.0/23 table 100 proto 201 metric 425',
  ],
  [
    ourRoute({
      destination: '10.0.0.0/8',
      nextHops: [
        { ...by('192.168.1.1'), weight: 3 },
        { ...by('192.168.2.1', 'two'), onlink: true },
      ],
    }),
    '10.0.0.0/8 table 100 proto 201 nexthop via 192.168.1.1 dev one weight 3 nexthop via 192.168.2.1 dev two onlink weight 1',
    '10.0.0.0/8 table 100 proto 201',
  ],
  [
    ourRoute({ destination: '10.0.0.0/8', nextHops: [by('fe80::1')] }),
    '10.0.0.0/8 table 100 proto 201 via inet6 fe80::1 dev one',
    '10.0.0.0/8 table 100 proto 201',
  ],
  [
    ourRoute({ destination: '::/0', type: 'unreachable', metric: 9, nextHops: [] }),
    'unreachable default table 100 proto 201 metric 9',
    'unreachable default table 100 proto 201 metric 9',
  ],
] as const

for (const [route, added, deleted] of routes) {
  test(`a route is written as \`${added}\``, () => {
    const { family } = route
    assert.deepEqual(ipCommand({ kind: 'replace_route', route }), {
      family,
      line: `route replace ${added}`,
    })
    assert.deepEqual(ipCommand({ kind: 'delete_route', route }), {
      family,
      line: `route del ${deleted}`,
    })
  })
}

test('a change is described so that a reader of the log finds it', () => {
  const rule = ourRule({ priority: 10010, mark: probeMark })
  const described = [
    describeChange({ kind: 'add_rule', rule }),
    describeChange({ kind: 'delete_rule', rule: { ...rule, family: 'ipv6', other: 'tos 4' } }),
    describeChange({ kind: 'delete_route', route: ourRoute({ destination: '0.0.0.0/0' }) }),
    describeChange({ kind: 'delete_nft' }),
  ]
  assert.deepEqual(described, [
    'rule 10010 fwmark 0x9000000/0xff000000 lookup 100',
    'IPv6 rule 10010 fwmark 0x9000000/0xff000000 lookup 100 tos 4',
    'route default via 192.168.1.1 dev one in table 100',
    'nft table inet wan_failover',
  ])
})

test("a rule with others' selectors is never written, but described", () => {
  const rule = ourRule({ priority: 5, other: 'uid_start 1000' })
  assert.throws(() => ipCommand({ kind: 'add_rule', rule }), /not ours to write/)
  const route = ourRoute({ destination: '10.0.0.0/8', type: 'other' })
  assert.throws(() => ipCommand({ kind: 'replace_route', route }), /not ours to write/)
  assert.match(describeChange({ kind: 'replace_route', route }), /^route other 10\.0\.0\.0\/8/)
})
