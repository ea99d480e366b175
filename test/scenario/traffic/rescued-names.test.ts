/**
 * Queries to a resolver that is silent, which another one answers: real packets by a plan that wants
 * it. Each resolver of the lab gives an answer of its own, so that an answer says who gave it.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Rescue } from '../../../src/model/resolver.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import { PlannedHouse } from '../../lab/house/planned-house.ts'
import type { NameServerOptions } from '../../lab/internet/name-server.ts'
import type { Lab } from '../../lab/lab.ts'
import { NameStream } from '../../lab/measure/name-stream.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { dnsAnswer, type Topology } from '../../lab/network/plan.ts'

const publicResolver = '8.8.8.8'
const fromInternet = dnsAnswer.a
const fromRouter = { 1: '192.0.2.1', 2: '192.0.2.2' } as const
const topologies: readonly Topology[] = ['one-subnet', 'two-interfaces', 'lan-and-stick']

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

function rescueOf(resolver: string, answersBy: Readonly<Record<string, string>>): Rescue {
  return { resolver, answersBy: new Map(Object.entries(answersBy)) }
}

interface Asking {
  readonly resolver: string
  readonly protocol?: 'udp' | 'tcp'
}

/** What a machine is answered now. */
async function answerTo(node: LabNode, asking: Asking): Promise<string> {
  await using names = await NameStream.start(node, asking)
  return (await names.waitForAnswer({ afterMs: 0 })).address
}

/** Who asks, of those whose questions pass the host: itself, a container, a client behind us. */
class Askers {
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

for (const topology of topologies) {
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
}
