import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  leadsOwnUdp,
  ownUdpChain,
  ownUdpRules,
} from '../../../../src/network/nft/chains/own-udp.ts'
import { trafficClasses } from '../../../../src/network/policies/traffic-classes.ts'
import { desiredRules } from '../../../../src/network/rules/desired-rules.ts'
import type { FlowWishes, Wanted } from '../../../../src/network/wanted.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleHost, oneSubnet } from '../../../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { wantedOn } from '../../../examples/wanted-on.ts'

const host = exampleHost([
  { name: 'eth1', addresses: ['10.1.0.2/24', '2001:db8:1::2/64'] },
  { name: 'eth2', addresses: ['10.2.0.2/24', '10.2.0.3/24'] },
])
const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', gateway6: 'fe80::1', interface: 'eth1' }),
    exampleWan(1, { gateway: '10.2.0.1', interface: 'eth2' }),
  ],
})
const flows: FlowWishes = {
  kept: bothFamilies([]),
  cut: bothFamilies([]),
  freed: bothFamilies([]),
  canMark: true,
}

function rulesOf(active: string, changes: Partial<Wanted>): readonly string[] {
  const wanted = { ...wantedOn(host, settings, active), flows, ...changes }
  const classes = trafficClasses(wanted.settings, wanted.decision)
  const mark = `0x${classes.rest.mark.toString(16)}`
  return ownUdpRules(wanted, classes).map((rule) => rule.replace(mark, 'DEFAULT'))
}

const udp = 'udp sport != { 68, 546 } ct direction original'
const noted = `${udp} ct mark & 0xff000000 == 0x01000000`
const set = 'meta mark set meta mark & 0x00ffffff | DEFAULT'

describe('UDP of this machine from an address of another WAN', () => {
  test('goes on by the WAN to which it was led once', () => {
    assert.deepEqual(rulesOf('primary', {}), [
      `ip saddr { 10.2.0.2, 10.2.0.3 } ${udp} ct mark & 0xff000000 == 0x01000000 ${set}`,
      `oifname "eth2" rt ip nexthop 10.2.0.1 ${udp} ct mark & 0xff000000 == 0x01000000 ${set}`,
    ])
  })

  test('is led away from a WAN that frees it, in both families', () => {
    const freed = bothFamilies(['primary'])
    assert.deepEqual(rulesOf('secondary', { flows: { ...flows, freed } }), [
      `${noted} update @freed_flows_ipv4 { ip daddr . udp dport . udp sport }`,
      `ip saddr { 10.1.0.2 } ${udp} ${set}`,
      `oifname "eth1" rt ip nexthop 10.1.0.1 ${udp} ${set}`,
      `${noted} update @freed_flows_ipv6 { ip6 daddr . udp dport . udp sport }`,
      `ip6 saddr { 2001:db8:1::2 } ${udp} ${set}`,
      `oifname "eth1" rt ip6 nexthop fe80::1 ${udp} ${set}`,
    ])
    const translated = rulesOf('secondary', { flows: { ...flows, freed }, nat6: false })
    assert.ok(translated.every((rule) => !rule.includes('ip6')))
  })

  test('is begun anew by this machine, never by the other end', () => {
    const { chains = [] } = ownUdpChain({ ...wantedOn(host, settings, 'primary'), flows })
    assert.deepEqual(
      chains.flatMap(({ rules }) => rules),
      [
        'ct state != new accept',
        'ip saddr . udp sport . udp dport @freed_flows_ipv4 drop',
        'ip6 saddr . udp sport . udp dport @freed_flows_ipv6 drop',
      ],
    )
    assert.deepEqual(ownUdpChain(wantedOn(host, settings, 'primary')), {})
  })

  test('finds a rule that leads where the default policy leads', () => {
    const wanted = { ...wantedOn(host, settings, 'secondary'), flows }
    const { mark } = trafficClasses(settings, wanted.decision).rest
    const ours = desiredRules(wanted).filter((rule) => rule.mark?.value === mark)
    assert.deepEqual(
      ours.map(({ family, action }) => [family, action]),
      ['ipv4', 'ipv6'].map((family) => [
        family,
        { kind: 'lookup', table: 101, suppressPrefixLength: null },
      ]),
    )
  })

  const plain = wantedOn(host, settings, 'primary')
  const able: Wanted = { ...plain, flows }
  const balanced = { ...settings.defaultPolicy, balance: true }
  const unable: Readonly<Record<string, Wanted>> = {
    'the kernel marks no connections': { ...able, flows: { ...flows, canMark: false } },
    'nobody can forget how a flow began': { ...able, flows: { ...flows, canList: false } },
    'nothing may be translated': { ...able, settings: { ...settings, nat: 'never' } },
    'both WANs have the same address': {
      ...wantedOn(oneSubnet, exampleSettings(), 'primary'),
      flows,
    },
    'traffic has marks anyway': { ...able, settings: { ...settings, defaultPolicy: balanced } },
  }
  for (const [why, wanted] of Object.entries(unable)) {
    test(`is left alone where ${why}`, () => assert.equal(leadsOwnUdp(wanted), false))
  }

  test('is led where none of these is so', () => assert.equal(leadsOwnUdp(able), true))

  test('has its rule in a plan too, which knows nothing of running flows', () =>
    assert.equal(leadsOwnUdp(plain), true))
})
