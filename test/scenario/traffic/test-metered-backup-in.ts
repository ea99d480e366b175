import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { Topology, WanNumber } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

type Way = WanNumber | 'nowhere'

/** Which way a sender's packets go now; `nowhere` where none is answered for a while. */
async function wayOf(stream: EchoStream): Promise<Way> {
  const fromMs = monotonicMs()
  const answered = () =>
    stream.samples().find(({ sentMs, answer }) => sentMs >= fromMs && answer !== null)
  const sample = await waitFor(answered, { deadlineMs: 600, what: 'an answer' }).catch(() => null)
  return sample?.answer?.wan ?? 'nowhere'
}

/** Packets of new flows from several senders at once, and which way they go. */
export class Senders<Name extends string> {
  readonly #streams: ReadonlyMap<Name, EchoStream>

  private constructor(streams: ReadonlyMap<Name, EchoStream>) {
    this.#streams = streams
  }

  static async start<Name extends string>(
    nodes: Readonly<Record<Name, LabNode>>,
  ): Promise<Senders<Name>> {
    const streams = new Map<Name, EchoStream>()
    for (const name of Object.keys(nodes) as Name[]) {
      streams.set(name, await EchoStream.start(nodes[name], { newFlows: true }))
    }
    return new Senders(streams)
  }

  of(name: Name): EchoStream {
    const stream = this.#streams.get(name)
    assert.ok(stream !== undefined)
    return stream
  }

  async ways(): Promise<Record<string, Way>> {
    const ways = [...this.#streams].map(async ([name, stream]) => [name, await wayOf(stream)])
    return Object.fromEntries(await Promise.all(ways))
  }

  async stop(): Promise<void> {
    for (const stream of this.#streams.values()) await stream.stop()
  }
}

export function testMeteredBackupIn(topology: Topology): void {
  describe(`a metered backup for one device only, ${topology}`, () => {
    test('who may go where when, and nobody else ever gets there', async () => {
      await using house = await House.open({
        topology,
        wans: [{}, { metered: true }],
        options: {
          policies: [{ name: 'chosen', from: ['192.168.0.100'], use: ['primary', 'secondary'] }],
          default_policy: { use: ['primary'] },
        },
      })
      const { lab, mqtt } = house
      const senders = await Senders.start({
        chosen: lab.client(1),
        other: lab.client(2),
        host: lab.host,
      })
      assert.deepEqual(await senders.ways(), { chosen: 1, other: 1, host: 1 })

      const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
      await senders.of('chosen').waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
      const outage = { chosen: 2, other: 'nowhere', host: 'nowhere' }
      assert.deepEqual(await senders.ways(), outage)
      const told = await mqtt.waitForState(
        ({ policies }) => policies['chosen']?.wan === 'secondary',
        { deadlineMs: 5_000, what: 'the policy to be told on the secondary' },
      )
      assert.equal(told.policies['default']?.wan, 'primary')

      await house.daemon.end('SIGKILL')
      assert.deepEqual(await senders.ways(), outage)
      const again = monotonicMs()
      house.startAgain()
      await mqtt.waitForState(({ at }) => at !== undefined && monotonicMs() > again, {
        deadlineMs: 20_000,
        what: 'the daemon to be back',
      })
      const repair = await lab.repair(1)
      await senders.of('chosen').waitForWan(1, { afterMs: repair.afterMs, deadlineMs: 30_000 })
      assert.deepEqual(await senders.ways(), { chosen: 1, other: 1, host: 1 })
      await senders.stop()
      for (const name of ['other', 'host'] as const) {
        const strays = senders
          .of(name)
          .samples()
          .filter(({ answer }) => answer?.wan === 2)
        assert.deepEqual(strays, [], `${name} used the backup`)
      }
    })
  })
}
