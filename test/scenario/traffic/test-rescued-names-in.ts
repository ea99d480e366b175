/**
 * Names where the resolver is silent, in one topology. Each resolver of the lab gives an answer of its
 * own, so that an answer says who gave it.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Rescue } from '../../../src/model/resolver.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { RescuedFlows } from '../../../src/turn/concerns/rescued-flows.ts'
import { bothFamilies } from '../../examples/both-families.ts'
import { exampleDecided } from '../../examples/example-decided.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import { PlannedHouse } from '../../lab/house/planned-house.ts'
import type { NameServerOptions } from '../../lab/internet/name-server.ts'
import type { Lab } from '../../lab/lab.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { NameStream } from '../../lab/measure/name-stream.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { dnsAnswer, type Topology } from '../../lab/network/plan.ts'

export const publicResolver = '8.8.8.8'
export const fromInternet = dnsAnswer.a
const fromRouter = { 1: '192.0.2.1', 2: '192.0.2.2' } as const

/** The router's own resolver; it dies at the end of the block. */
async function serveNames(lab: Lab, wan: 1 | 2): Promise<Disposable> {
  const options: NameServerOptions = {
    address: lab.wan(wan).gateway,
    answers: { a: fromRouter[wan], aaaa: '2001:db8:f::1' },
  }
  const program = new URL('../../lab/internet/name-server.ts', import.meta.url)
  const child = await lab.gateway(wan).startProgram(program, options)
  return { [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

export function rescueOf(resolver: string, answersBy: Readonly<Record<string, string>>): Rescue {
  return { resolver, answersBy: new Map(Object.entries(answersBy)) }
}

interface Asking {
  readonly resolver: string
  readonly protocol?: 'udp' | 'tcp'
}

/** What a machine is answered now. */
export async function answerTo(node: LabNode, asking: Asking): Promise<string> {
  await using names = await NameStream.start(node, asking)
  return (await names.waitForAnswer({ afterMs: 0 })).address
}

/** Who asks, of those whose questions pass the host: itself, a container, a client behind us. */
export class Askers {
  readonly nodes: readonly LabNode[]
  readonly #containers: BridgeNetwork

  private constructor(nodes: readonly LabNode[], containers: BridgeNetwork) {
    this.nodes = nodes
    this.#containers = containers
  }

  static async of({ lab }: { readonly lab: Lab }): Promise<Askers> {
    const containers = await BridgeNetwork.add('hassio', '172.30.32.0/24')
    // On the resolver's own subnet a client asks past us, unless a route says otherwise.
    const client = lab.client(1)
    const { gateway } = lab.wan(1)
    await client.ip([`route replace ${gateway}/32 via ${lab.plan.lan.hostAddress}`])
    return new Askers([lab.host, await containers.attach(), client], containers)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#containers.remove()
  }
}

export function testRescuedNamesIn(topology: Topology): void {
  describe(`names when router 1 is the only resolver, ${topology}`, () => {
    test('are the router’s own while it answers, another’s by WAN 2 when it dies', async () => {
      await using house = await PlannedHouse.open({ topology })
      const { lab } = house
      const resolver = lab.wan(1).gateway
      await using askers = await Askers.of(house)
      {
        using _router = await serveNames(lab, 1)
        await house.apply({ decision: exampleDecision('primary') })
        for (const node of askers.nodes) {
          assert.equal(await answerTo(node, { resolver }), fromRouter[1], node.name)
        }
      }
      await lab.fault({ wan: 1, kind: 'upstream-silent' })
      const rescues = [rescueOf(resolver, { secondary: publicResolver })]
      await house.apply({ decision: exampleDecision('secondary'), rescues })
      for (const node of askers.nodes) {
        for (const protocol of ['udp', 'tcp'] as const) {
          const answer = await answerTo(node, { resolver, protocol })
          assert.equal(answer, fromInternet, `${node.name}, ${protocol}`)
        }
      }
    })

    test('are those of router 2, which answers to nobody else’s address', async () => {
      await using house = await PlannedHouse.open({ topology })
      const { lab } = house
      const resolver = lab.wan(1).gateway
      await using askers = await Askers.of(house)
      using _router = await serveNames(lab, 2)
      await lab.fault({ wan: 1, kind: 'gateway-dead' })
      const rescues = [rescueOf(resolver, { secondary: lab.wan(2).gateway })]
      await house.apply({ decision: exampleDecision('secondary'), rescues })
      for (const node of askers.nodes) {
        assert.equal(await answerTo(node, { resolver }), fromRouter[2], node.name)
      }
    })
  })

  test(`names come through guards, balance, caps and memories of flows, ${topology}`, async () => {
    await using house = await PlannedHouse.open({
      topology,
      wans: [{ inbound: 'established' }, { inbound: 'established', metered: true, cap_mb: 100 }],
      options: { default_policy: { balance: true }, nat: 'never' },
    })
    const { lab } = house
    const resolver = lab.wan(1).gateway
    await using askers = await Askers.of(house)
    const both = bothFamilies(['primary', 'secondary'])
    const cap = { wan: 'secondary', month: '2026-11-01', limitBytes: 100_000_000, usedBytes: 0 }
    await lab.fault({ wan: 1, kind: 'gateway-dead' })
    await house.apply({
      decision: exampleDecision('secondary'),
      rescues: [rescueOf(resolver, { secondary: publicResolver })],
      flows: { kept: both, cut: bothFamilies(['primary']), canMark: true, canList: true },
      metering: { caps: [cap] },
    })
    const counted = { sent: 0, received: 0 }
    for (const node of askers.nodes) {
      for (const protocol of ['udp', 'tcp'] as const) {
        const answer = await answerTo(node, { resolver, protocol })
        assert.equal(answer, fromInternet, `${node.name}, ${protocol}`)
      }
      for (const direction of ['sent', 'received'] as const) {
        const counters = await house.kernel.counters()
        const bytes = counters?.get(`${direction}.secondary.default`) ?? 0
        assert.ok(bytes > counted[direction], `what is ${direction} for ${node.name} is counted`)
        counted[direction] = bytes
      }
    }
  })

  test(`who always asks from one port is moved to and fro, ${topology}`, async () => {
    await using house = await PlannedHouse.open({ topology })
    const { lab, settings, kernel } = house
    const resolver = lab.wan(1).gateway
    await using askers = await Askers.of(house)
    const flows = new RescuedFlows(settings)
    const carryOut = async (wan: string, rescues: readonly Rescue[]) => {
      const decision = exampleDecision(wan)
      await house.apply({ decision, rescues })
      const host = await kernel.read()
      const uplinks = resolveUplinks(settings.wans, host)
      const done = { ...exampleDecided({ host, uplinks, decision }), wishes: { rescues } }
      for (const errand of flows.afterwards(done, true)) {
        assert.ok(errand.kind === 'forget_queries')
        await kernel.forgetQueries(errand.resolvers)
      }
    }
    const router = await serveNames(lab, 1)
    await carryOut('primary', [])
    const streams = await Promise.all(
      askers.nodes.map((node) => NameStream.start(node, { resolver, port: 5353, everyMs: 20 })),
    )
    const all = (address: string) => {
      const afterMs = monotonicMs()
      return Promise.all(streams.map((one) => one.waitForAnswer({ afterMs, address })))
    }
    await all(fromRouter[1])
    router[Symbol.dispose]()
    await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await carryOut('secondary', [rescueOf(resolver, { secondary: publicResolver })])
    await all(fromInternet)
    await lab.repair(1)
    using _again = await serveNames(lab, 1)
    await carryOut('primary', [])
    await all(fromRouter[1])
    await Promise.all(streams.map((stream) => stream.stop()))
  })
}
