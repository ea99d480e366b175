/** What stays where it is while new connections avoid a WAN, as the table prints it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { desiredState } from '../../../../src/network/desired-state.ts'
import type { FlowWishes, Wanted } from '../../../../src/network/wanted.ts'
import { bothFamilies } from '../../../examples/both-families.ts'
import { exampleDecision } from '../../../examples/example-decision.ts'
import { exampleHost, oneSubnet } from '../../../examples/example-host.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../../examples/example-settings.ts'
import { wantedOn } from '../../../examples/wanted-on.ts'

const twoInterfaces = exampleHost([
  { name: 'eth0', addresses: ['192.168.0.3/24'] },
  { name: 'eth1', addresses: ['10.1.0.2/24'] },
  { name: 'eth2', addresses: ['10.2.0.2/24'] },
])
const apart = exampleSettings({
  wans: [
    exampleWan(0, { gateway: '10.1.0.1', interface: 'eth1' }),
    exampleWan(1, { gateway: '10.2.0.1', interface: 'eth2' }),
  ],
})
const calm: FlowWishes = { kept: bothFamilies([]), cut: bothFamilies([]), canMark: true }
const stepping: FlowWishes = {
  ...calm,
  avoided: { ipv4: ['primary'], ipv6: [] },
  taken: { ipv4: ['secondary'], ipv6: [] },
}

/** The rules of one chain. */
function rulesIn(name: string, wanted: Wanted): readonly string[] {
  const { table } = desiredState(wanted)
  const rules = table?.chains.find((chain) => chain.name === name)?.rules ?? []
  return rules.filter((rule) => typeof rule === 'string')
}

const pin = (wan: number) => `meta mark set meta mark & 0x00ffffff | 0x0${wan}000000 return`
const whole = (wan: number) => `ct direction original ct mark & 0xff000000 == 0x0${wan}000000`

describe('in a sidestep', () => {
  test('what had an answer stays, and what began on the other WAN stays there', () => {
    const wanted = { ...wantedOn(twoInterfaces, apart, 'secondary'), flows: stepping }
    assert.deepEqual(rulesIn('forwarded_default', wanted), [
      `meta nfproto ipv4 ${whole(1)} ct status seen-reply ${pin(1)}`,
      `meta nfproto ipv4 ${whole(2)} ${pin(2)}`,
    ])
  })

  test('of a flow that is seen half a TCP packet stays but the first, and all that is not TCP', () => {
    const wanted = { ...wantedOn(oneSubnet, exampleSettings(), 'secondary'), flows: stepping }
    const flow = 'ip saddr . tcp sport . ip daddr . tcp dport'
    const notFirst = 'tcp flags & (syn | ack) != syn'
    assert.deepEqual(rulesIn('forwarded_default', wanted), [
      `${notFirst} ${flow} @flows_primary_ipv4 ${pin(1)}`,
      `ip saddr { 192.168.0.0/24 } meta l4proto != tcp ${whole(1)} ${pin(1)}`,
      `meta nfproto ipv4 ${whole(1)} ct status seen-reply ${pin(1)}`,
      `meta nfproto ipv4 ${whole(2)} ${pin(2)}`,
      `${notFirst} ${flow} @flows_secondary_ipv4 ${pin(2)}`,
    ])
    assert.deepEqual(rulesIn('own_default', wanted).slice(0, 1), [
      `meta nfproto ipv4 ${whole(1)} ct status seen-reply ${pin(1)}`,
    ])
  })

  test('the table is the same before and after the return, so that a rule alone flips', () => {
    const settings = exampleSettings()
    const [during, after] = ['secondary', 'primary'].map(
      (active) => desiredState({ ...wantedOn(oneSubnet, settings, active), flows: stepping }).nft,
    )
    assert.equal(during, after)
    assert.notEqual(
      desiredState({ ...wantedOn(oneSubnet, settings, 'primary'), flows: calm }).nft,
      after,
    )
  })

  test('nft holds what runs before a rule leads elsewhere, both ways', () => {
    const settings = exampleSettings()
    const rulesOf = (active: string) =>
      desiredState({ ...wantedOn(oneSubnet, settings, active), flows: calm }).rules
    for (const [from, to] of [
      ['primary', 'secondary'],
      ['secondary', 'primary'],
    ] as const) {
      const host = { ...oneSubnet, rules: [...oneSubnet.rules, ...rulesOf(from)] }
      const moving = desiredState({ ...wantedOn(host, settings, to), flows: stepping })
      assert.equal(moving.holdFirst, true, `${from} to ${to}`)
      const plain = desiredState({ ...wantedOn(host, settings, to), flows: calm })
      assert.equal(plain.holdFirst, false)
    }
  })

  test('policies hold what runs too, whatever they say of a failback', () => {
    const policies = [
      { ...examplePolicy('phone', ['primary', 'secondary']), failback: 'immediate' as const },
    ]
    const settings = { ...apart, policies }
    const decision = exampleDecision({ phone: 'secondary', default: 'secondary' })
    const wanted = { ...wantedOn(twoInterfaces, settings, null), decision, flows: stepping }
    const chains = desiredState(wanted).table?.chains ?? []
    const own = chains.find(({ name }) => name.startsWith('forwarded_use_'))
    assert.deepEqual(own?.rules.slice(0, 2), [
      `meta nfproto ipv4 ${whole(1)} ct status seen-reply ${pin(1)}`,
      `meta nfproto ipv4 ${whole(2)} ${pin(2)}`,
    ])
  })
})
