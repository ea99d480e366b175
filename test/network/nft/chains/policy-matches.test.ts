import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Matcher, PolicySettings } from '../../../../src/model/settings.ts'
import {
  policyMatches,
  type Side,
  sourceConditions,
} from '../../../../src/network/nft/chains/policy-matches.ts'
import { withNamedSets } from '../../../../src/network/nft/named-sets.ts'
import { examplePolicy } from '../../../examples/example-settings.ts'

const address = (cidr: string): Matcher => ({ kind: 'address', cidr })
const mac = (last: string): Matcher => ({ kind: 'mac', mac: `02:00:00:00:00:${last}` })

function policy(name: string, changes: Partial<PolicySettings>): PolicySettings {
  return { ...examplePolicy(name, []), ...changes }
}

/** Maps and rules, a line each; the names that follow from a content are left out. */
function told(policies: readonly PolicySettings[], side: Side): string[] {
  const { maps, rules } = policyMatches(policies, { side, verdict: ({ name }) => `goto ${name}` })
  return [...maps, ...rules].map((line) => line.replaceAll(/_[0-9a-f]{8}\b/g, ''))
}

const tablet = policy('tablet', { from: [address('192.168.0.50/32'), address('fd00::50/128')] })
const kids = policy('kids', { from: [address('192.168.0.48/28')] })
const phone = policy('phone', { from: [mac('01')] })
const twin = policy('twin', { from: [mac('01'), mac('02')] })
const web = policy('web', {
  from: [address('192.168.0.0/24'), mac('03'), { kind: 'host' }],
  to: ['203.0.113.0/24', '2001:db8::/32'],
  protocol: 'tcp',
  ports: [
    { first: 443, last: 443 },
    { first: 8000, last: 8100 },
  ],
})
const ping = policy('ping', { from: [{ kind: 'all' }], protocol: 'icmp' })

const rows: readonly (readonly [
  name: string,
  policies: readonly PolicySettings[],
  side: Side,
  told: readonly string[],
])[] = [
  [
    'neighbours by address are one map a family, the first first',
    [tablet, kids],
    'forwarded',
    [
      'map forwarded_0_ipv4 { type ipv4_addr : verdict; flags interval; elements = ' +
        '{ 192.168.0.48-192.168.0.49 : goto kids, 192.168.0.50 : goto tablet, ' +
        '192.168.0.51-192.168.0.63 : goto kids }; }',
      'map forwarded_0_ipv6 { type ipv6_addr : verdict; flags interval; elements = ' +
        '{ fd00::50 : goto tablet }; }',
      'ip saddr vmap @forwarded_0_ipv4',
      'ip6 saddr vmap @forwarded_0_ipv6',
    ],
  ],
  [
    'a MAC belongs to the first that names it',
    [phone, twin],
    'forwarded',
    [
      'map forwarded_0_mac { type ether_addr : verdict; elements = ' +
        '{ 02:00:00:00:00:01 : goto phone, 02:00:00:00:00:02 : goto twin }; }',
      'iiftype ether ether saddr vmap @forwarded_0_mac',
    ],
  ],
  ['this machine has no MAC of its own to be matched by', [phone], 'own', []],
  [
    'targets and ports are conditions, each sender with targets of its family',
    [web],
    'forwarded',
    [
      'ip saddr { 192.168.0.0-192.168.0.255 } ip daddr { 203.0.113.0-203.0.113.255 } ' +
        'tcp dport { 443, 8000-8100 } goto web',
      'iiftype ether ether saddr { 02:00:00:00:00:03 } ip daddr ' +
        '{ 203.0.113.0-203.0.113.255 } tcp dport { 443, 8000-8100 } goto web',
      'iiftype ether ether saddr { 02:00:00:00:00:03 } ip6 daddr ' +
        '{ 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff } tcp dport { 443, 8000-8100 } goto web',
    ],
  ],
  [
    '`host` means whatever this machine sends',
    [web],
    'own',
    [
      'ip daddr { 203.0.113.0-203.0.113.255 } tcp dport { 443, 8000-8100 } goto web',
      'ip6 daddr { 2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff } ' +
        'tcp dport { 443, 8000-8100 } goto web',
    ],
  ],
  [
    '`all` needs no condition, and what stands between two maps keeps them apart',
    [phone, ping, twin],
    'forwarded',
    [
      'map forwarded_0_mac { type ether_addr : verdict; elements = { 02:00:00:00:00:01 : goto phone }; }',
      'map forwarded_2_mac { type ether_addr : verdict; elements = ' +
        '{ 02:00:00:00:00:01 : goto twin, 02:00:00:00:00:02 : goto twin }; }',
      'iiftype ether ether saddr vmap @forwarded_0_mac',
      'meta l4proto { icmp, ipv6-icmp } goto ping',
      'iiftype ether ether saddr vmap @forwarded_2_mac',
    ],
  ],
]

describe('whom policies match, in words of nft', () => {
  for (const [name, policies, side, expected] of rows) {
    test(`${name} (${side})`, () => assert.deepEqual(told(policies, side), expected))
  }
})

test('the sources of a list are conditions of which one is enough', () => {
  const list = [address('10.0.0.0/30'), address('10.0.0.2/32'), mac('01')]
  assert.deepEqual(sourceConditions(list, 'forwarded'), [
    'ip saddr { 10.0.0.0-10.0.0.3 }',
    'iiftype ether ether saddr { 02:00:00:00:00:01 }',
  ])
  assert.deepEqual(sourceConditions([{ kind: 'host' }, mac('01')], 'own'), [''])
})

describe('sets in rules', () => {
  test('have names by their content, so that equal ones are one', () => {
    const rules = ['a', 'b'].map((verdict) => `ip saddr { 10.0.0.1, 10.0.0.9 } goto ${verdict}`)
    const named = withNamedSets(rules)
    assert.equal(named.sets.length, 1)
    const [, name] =
      /^set (\S+) \{ type ipv4_addr; flags interval; /.exec(named.sets[0] ?? '') ?? []
    assert.deepEqual(named.rules, [`ip saddr @${name} goto a`, `ip saddr @${name} goto b`])
    const other = withNamedSets(['ip saddr { 10.0.0.1, 10.0.0.8 } goto a'])
    assert.notEqual(other.rules[0], named.rules[0])
  })

  test('of one element only are none', () => {
    const { sets, rules } = withNamedSets(['ip6 daddr { fd00::-fd00::ff } udp dport { 53 } drop'])
    assert.deepEqual(
      { sets, rules },
      { sets: [], rules: ['ip6 daddr fd00::-fd00::ff udp dport 53 drop'] },
    )
  })
})
