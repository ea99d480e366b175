import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Matcher, PolicySettings } from '../../../../src/model/settings/settings.ts'
import {
  policyMatches,
  type Side,
  sourceConditions,
} from '../../../../src/network/nft/chains/policy-matches.ts'
import { withNamedSets } from '../../../../src/network/nft/named-sets.ts'
import type { Condition, NftRule } from '../../../../src/network/nft/nft-table.ts'
import { examplePolicy } from '../../../examples/example-settings.ts'
import { printedLines } from '../printed-lines.ts'

const address = (cidr: string): Matcher => ({ kind: 'address', cidr })
const mac = (last: string): Matcher => ({ kind: 'mac', mac: `02:00:00:00:00:${last}` })

function policy(name: string, changes: Partial<PolicySettings>): PolicySettings {
  return { ...examplePolicy(name, []), ...changes }
}

/** Maps and rules, a line each; the names that follow from a content are left out. */
function told(policies: readonly PolicySettings[], side: Side): string[] {
  const { maps, rules } = policyMatches(policies, { side, target: ({ name }) => name })
  const lines = [...printedLines({ sets: maps }), ...ruleLines(rules)]
  return lines.map((line) => line.replaceAll(/_[0-9a-f]{8}\b/g, ''))
}

function ruleLines(rules: readonly NftRule[]): readonly string[] {
  return printedLines({ chains: [{ name: 'any', hook: null, rules }] }).slice(1, -1)
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
      'map forwarded_0_ipv4 { typeof ip saddr : verdict; flags interval; elements = ' +
        '{ 192.168.0.48-192.168.0.49 : goto kids, 192.168.0.50 : goto tablet, ' +
        '192.168.0.51-192.168.0.63 : goto kids }; }',
      'map forwarded_0_ipv6 { typeof ip6 saddr : verdict; flags interval; elements = ' +
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
      'map forwarded_0_mac { typeof ether saddr : verdict; elements = ' +
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
      'map forwarded_0_mac { typeof ether saddr : verdict; elements = { 02:00:00:00:00:01 : goto phone }; }',
      'map forwarded_2_mac { typeof ether saddr : verdict; elements = ' +
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
  const tellAll = (matchers: readonly Matcher[], side: Side) =>
    ruleLines(sourceConditions(matchers, side).map((all) => match(all, 'x')))
  assert.deepEqual(tellAll(list, 'forwarded'), [
    'ip saddr { 10.0.0.0-10.0.0.3 } goto x',
    'iiftype ether ether saddr { 02:00:00:00:00:01 } goto x',
  ])
  assert.deepEqual(tellAll([{ kind: 'host' }, mac('01')], 'own'), ['goto x'])
})

test('what comes back is matched by the other ends, whatever policies are called', () => {
  const named = {
    ...web,
    name: 'saddr',
    from: [address('10.0.0.1/32')],
    to: ['192.0.2.1/32'],
  }
  const dport = policy('dport', { from: [address('10.0.0.2/32')] })
  const { maps, rules } = policyMatches([named, dport], {
    side: 'forwarded',
    target: ({ name }) => name,
    returning: true,
  })
  assert.deepEqual(ruleLines(rules), [
    'ip daddr { 10.0.0.1 } ip saddr { 192.0.2.1 } tcp sport { 443, 8000-8100 } goto saddr',
    `ip daddr vmap @${maps[0]?.name}`,
  ])
})

describe('sets in rules', () => {
  test('have names by their content, so that equal ones are one', () => {
    const from = (last: number): Condition => ({
      kind: 'in',
      field: 'ip saddr',
      elements: ['10.0.0.1', `10.0.0.${last}`],
    })
    const { sets, rules } = withNamedSets([match([from(9)], 'a'), match([from(9)], 'b')])
    const name = sets[0]?.name
    assert.deepEqual(printedLines({ sets }), [
      `set ${name} { typeof ip saddr; flags interval; elements = { 10.0.0.1, 10.0.0.9 }; }`,
    ])
    assert.deepEqual(ruleLines(rules), [`ip saddr @${name} goto a`, `ip saddr @${name} goto b`])
    const other = withNamedSets([match([from(8)], 'a')])
    assert.notEqual(other.sets[0]?.name, name)
  })

  test('of one element only are none', () => {
    const { sets, rules } = withNamedSets([
      match(
        [
          { kind: 'in', field: 'ip6 daddr', elements: ['fd00::-fd00::ff'] },
          { kind: 'in', field: 'udp dport', elements: ['53'] },
        ],
        null,
      ),
    ])
    assert.deepEqual(sets, [])
    assert.deepEqual(ruleLines(rules), ['ip6 daddr fd00::-fd00::ff udp dport 53 return'])
  })
})

function match(conditions: readonly Condition[], target: string | null): NftRule {
  return { kind: 'match', conditions, target }
}
