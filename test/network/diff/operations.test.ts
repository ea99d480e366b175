import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../../../src/model/host.ts'
import { desiredState, nothing } from '../../../src/network/desired-state.ts'
import type { Change } from '../../../src/network/diff/change.ts'
import { diff } from '../../../src/network/diff/diff.ts'
import {
  changeKey,
  changePlace,
  describeChange,
  desiredKeys,
  followsDecision,
  ipCommand,
  isDeletion,
} from '../../../src/network/diff/operations.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { by, ourRoute } from '../../examples/example-route.ts'
import { lookUp, ourRule } from '../../examples/example-rule.ts'
import { exampleSettings } from '../../examples/example-settings.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

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
    'IPv6 rule 10010 fwmark 0x9000000/0xff000000 tos 4 lookup 100',
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

const behindDocker = {
  ...oneSubnet,
  docker: { drops: ['ipv4'], accepts: [], clientLinks: ['eth1'] } as const,
}

test('all that is to stand has the keys of the steps that make it stand, whatever its kind', () => {
  const desired = desiredState(wantedOn(behindDocker, exampleSettings(), 'primary'))
  const steps = diff(desired, behindDocker, null)
  const kinds = ['add_accept', 'add_rule', 'replace_nft', 'replace_route']
  assert.deepEqual([...new Set(steps.map(({ kind }) => kind))].toSorted(), kinds)
  assert.deepEqual(desiredKeys(desired).toSorted(), steps.map(changeKey).toSorted())
  assert.deepEqual(desiredKeys(nothing), [])
})

test('a rule and a route have the place of the one that they take over from, and another key', () => {
  const [one, two] = [100, 101].map((table) => ourRule({ priority: 10900, action: lookUp(table) }))
  const [here, there] = ['192.168.1.1', '192.168.1.2'].map((gateway) =>
    ourRoute({ destination: '0.0.0.0/0', nextHops: [by(gateway)] }),
  )
  assert.ok(one !== undefined && two !== undefined && here !== undefined && there !== undefined)
  const pairs: readonly (readonly [Change, Change])[] = [
    [
      { kind: 'add_rule', rule: one },
      { kind: 'delete_rule', rule: two },
    ],
    [
      { kind: 'replace_route', route: here },
      { kind: 'replace_route', route: there },
    ],
  ]
  for (const [first, second] of pairs) {
    assert.equal(changePlace(first), changePlace(second))
    assert.notEqual(changeKey(first), changeKey(second))
  }
})

test('only a missing or surplus rule of a policy sends traffic elsewhere than was decided', () => {
  const rule = ourRule({ priority: 10900 })
  const route = ourRoute({ destination: '0.0.0.0/0' })
  const pin = ourRule({ priority: 10010, mark: probeMark })
  const others: readonly Change[] = [
    { kind: 'add_rule', rule: pin },
    { kind: 'replace_route', route },
    { kind: 'delete_nft' },
  ]
  assert.equal(followsDecision(others, 'ipv4'), true)
  assert.equal(followsDecision([...others, { kind: 'add_rule', rule }], 'ipv4'), false)
  assert.equal(followsDecision([{ kind: 'delete_rule', rule }], 'ipv4'), false)
  assert.equal(followsDecision([{ kind: 'delete_rule', rule }], 'ipv6'), true)
})

test('what takes an object away is a deletion, what puts one in the place of another is not', () => {
  const route = ourRoute({ destination: '10.0.0.0/8' })
  const accept = { family: 'ipv4', words: '-i eth1 -o eth0 -j ACCEPT' } as const
  const deletions: readonly Change[] = [
    { kind: 'delete_rule', rule: ourRule({ priority: 10900 }) },
    { kind: 'delete_route', route },
    { kind: 'delete_nft' },
    { kind: 'delete_accept', accept },
  ]
  const additions: readonly Change[] = [
    { kind: 'add_rule', rule: ourRule({ priority: 10900 }) },
    { kind: 'replace_route', route },
    { kind: 'replace_nft', script: '', table: '' },
    { kind: 'add_accept', accept },
  ]
  assert.deepEqual([...deletions, ...additions].filter(isDeletion), deletions)
})
