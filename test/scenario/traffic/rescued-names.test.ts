/**
 * Queries to a resolver that is silent, which another one answers: real packets by a plan that wants
 * it. Each resolver of the lab gives an answer of its own, so that an answer says who gave it.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide, undecided } from '../../../src/decision/decide.ts'
import { resolverAskPorts } from '../../../src/model/marks.ts'
import { standingRescues } from '../../../src/network/nft/standing-rescues.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHealth } from '../../examples/example-health.ts'
import { PlannedHouse } from '../../lab/house/planned-house.ts'
import type { NameServerOptions } from '../../lab/internet/name-server.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { NameStream } from '../../lab/measure/name-stream.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { planLab } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'
import {
  Askers,
  answerTo,
  fromInternet,
  publicResolver,
  rescueOf,
  testRescuedNamesIn,
} from './test-rescued-names-in.ts'

testRescuedNamesIn('one-subnet')

/** What each machine is answered while `talker` gets some dozens of answers; null: nothing. */
async function answersBeside(
  talker: LabNode,
  resolver: string,
  others: readonly (readonly [LabNode, number | null])[],
): Promise<readonly (string | null)[]> {
  const streams = await Promise.all(
    others.map(([node, port]) => NameStream.start(node, { resolver, port, everyMs: 20 })),
  )
  const sinceMs = monotonicMs()
  await using names = await NameStream.start(talker, { resolver, everyMs: 20 })
  await waitFor(() => names.answersAfter(sinceMs).length > 30, { what: 'thirty answers' })
  const answers = streams.map((stream) => {
    assert.ok(stream.askedAfter(sinceMs) > 20, 'it asks all the time')
    return stream.answersAfter(0)[0]?.address ?? null
  })
  await Promise.all(streams.map((stream) => stream.stop()))
  return answers
}

describe('nobody is led where its policy does not go', () => {
  test('a tablet of the primary alone, and our own question whether router 1 is back', async () => {
    const [tablet] = planLab('two-interfaces', false).clients
    await using house = await PlannedHouse.open({
      topology: 'two-interfaces',
      options: { policies: [{ name: 'tablet', from: [tablet.address], use: ['primary'] }] },
    })
    const { lab } = house
    const resolver = lab.wan(1).gateway
    const rescues = [rescueOf(resolver, { secondary: publicResolver })]
    const decision = exampleDecision({ tablet: 'primary', default: 'secondary' })
    await lab.fault({ wan: 1, kind: 'gateway-dead' })
    await house.apply({ decision, rescues })
    const asked = await answersBeside(lab.client(2), resolver, [
      [lab.client(1), null],
      [lab.host, resolverAskPorts.first],
      [lab.host, null],
    ])
    assert.deepEqual(asked, [null, null, fromInternet])
  })

  test('a client whose cap is reached, while one with `over_cap` is answered', async () => {
    const [rich] = planLab('two-interfaces', false).clients
    await using house = await PlannedHouse.open({
      topology: 'two-interfaces',
      wans: [{}, { metered: true, cap_mb: 100 }],
      options: {
        policies: [
          { name: 'rich', from: [rich.address], use: ['primary', 'secondary'], over_cap: true },
        ],
        default_policy: { use: ['secondary'] },
      },
    })
    const { lab, settings } = house
    const resolver = lab.wan(1).gateway
    const healths = bothFamilies(
      new Map([
        ['primary', exampleHealth('down')],
        ['secondary', exampleHealth('up')],
      ]),
    )
    const capped = new Set(['secondary'])
    const { decision } = decide(undecided, { settings, healths, nowMs: 0, hurry: true, capped })
    const cap = { wan: 'secondary', month: '2026-11-01', limitBytes: 1_000, usedBytes: 2_000 }
    await lab.fault({ wan: 1, kind: 'gateway-dead' })
    const rescues = [rescueOf(resolver, { secondary: publicResolver })]
    await house.apply({ decision, rescues, metering: { caps: [cap] } })
    const asked = await answersBeside(lab.client(1), resolver, [[lab.client(2), null]])
    assert.deepEqual(asked, [null])
  })
})

test('a resolver is answered by one that `main` leads to the dead line', async () => {
  await using house = await PlannedHouse.open({ topology: 'two-interfaces' })
  const { lab } = house
  await using askers = await Askers.of(house)
  // As networkd does with each resolver that DHCP told it of.
  const pinned = [publicResolver, '9.9.9.9']
  const { gateway, interface: link } = lab.wan(1)
  await lab.host.ip(pinned.map((address) => `route add ${address}/32 via ${gateway} dev ${link}`))
  await lab.fault({ wan: 1, kind: 'upstream-silent' })
  // The second answers by WAN 2 itself.
  const rescues = pinned.map((resolver) => rescueOf(resolver, { secondary: '9.9.9.9' }))
  await house.apply({ decision: exampleDecision('secondary'), rescues })
  for (const node of askers.nodes) {
    for (const resolver of pinned) {
      assert.equal(await answerTo(node, { resolver }), fromInternet, `${node.name}, ${resolver}`)
    }
  }
})

test('a resolver of IPv6 is answered by IPv6', async () => {
  await using house = await PlannedHouse.open({ topology: 'two-interfaces', ipv6: true })
  const { lab } = house
  const resolver = '2001:db8:1::53'
  await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const rescues = [rescueOf(resolver, { secondary: '2001:4860:4860::8888' })]
  await house.apply({ decision: exampleDecision('secondary'), rescues })
  assert.deepEqual(standingRescues(await house.kernel.read()), rescues)
  for (const node of [lab.host, lab.client(1)]) {
    for (const protocol of ['udp', 'tcp'] as const) {
      const answer = await answerTo(node, { resolver, protocol })
      assert.equal(answer, fromInternet, `${node.name}, ${protocol}`)
    }
  }
})

test('who redirects all queries to a Pi-hole of this machine has them there in a rescue too', async () => {
  await using house = await PlannedHouse.open({ topology: 'two-interfaces' })
  const { lab } = house
  const pihole = '192.0.2.53'
  const options: NameServerOptions = {
    address: lab.plan.lan.hostAddress,
    answers: { a: pihole, aaaa: '2001:db8:f::1' },
  }
  const program = new URL('../../lab/internet/name-server.ts', import.meta.url)
  await lab.host.startProgram(program, options)
  await lab.host.nft(`table ip pihole { chain queries {
    type nat hook prerouting priority dstnat;
    iifname "eth0" udp dport 53 redirect
  }; }`)
  const resolver = lab.wan(1).gateway
  await lab.fault({ wan: 1, kind: 'gateway-dead' })
  const rescues = [rescueOf(resolver, { secondary: publicResolver })]
  await house.apply({ decision: exampleDecision('secondary'), rescues })
  assert.equal(await answerTo(lab.client(1), { resolver }), pihole)
  assert.equal(await answerTo(lab.host, { resolver }), fromInternet)
  await lab.host.nft('delete table ip pihole')
})
