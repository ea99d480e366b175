import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import { FreshConnections } from '../../lab/measure/fresh-connections.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target, type WanNumber } from '../../lab/network/plan.ts'

const skip = skipWithout('ip', 'nft', 'nsenter', 'unshare', tunDevice)
const hiccupMs = 2_000
const hiccup = { wan: 1, kind: 'hiccup', lastsMs: hiccupMs } as const
const silence = { wan: 1, kind: 'upstream-silent' } as const
const soon = { deadlineMs: 8_000 } as const

/** One who sends and one who only receives over TCP, and UDP, of a device and of the host. */
class Running {
  readonly #tcp: readonly TcpClient[]
  readonly #udp: readonly EchoStream[]

  private constructor(tcp: readonly TcpClient[], udp: readonly EchoStream[]) {
    this.#tcp = tcp
    this.#udp = udp
  }

  static async start({ lab }: House, to = target): Promise<Running> {
    const client = lab.client(1)
    const tcp = await Promise.all([
      TcpClient.start(client, { target: to, kind: 'sending' }),
      TcpClient.start(client, { target: to, kind: 'receiving' }),
      TcpClient.start(lab.host, { target: to, kind: 'receiving' }),
    ])
    const udp = await Promise.all([
      EchoStream.start(client, { target: to }),
      EchoStream.start(lab.host, { target: to, connected: true }),
    ])
    return new Running(tcp, udp)
  }

  /** None has broken or left its line since then, and all are alive. */
  async assertStayed(sinceMs: number, by: WanNumber = 1): Promise<void> {
    const nowMs = monotonicMs()
    for (const stream of this.#udp) {
      await stream.waitForWan(by, { afterMs: nowMs, ...soon })
      const elsewhere = stream
        .between(sinceMs, nowMs)
        .filter(({ answer }) => answer !== null && answer.wan !== by)
      assert.deepEqual(elsewhere, [], 'running UDP has been on the other line')
    }
    for (const client of this.#tcp) {
      await client.waitForData({ afterMs: nowMs, ...soon })
      assert.deepEqual(client.breaksAfter(sinceMs), [], 'a running TCP connection has broken')
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#tcp, ...this.#udp].map((one) => one.stop()))
  }
}

/** Packets of running flows that a gateway has led to the Internet. */
async function countStrays(node: LabNode): Promise<() => Promise<number>> {
  await node.nft(`table inet strays {
    chain passing {
      type filter hook forward priority 10;
      iifname "lan" tcp flags & (syn | ack) == ack tcp dport { 7000, 7002 } counter
    }
  }`)
  return async () => {
    const listing = await node.run('nft', 'list', 'table', 'inet', 'strays')
    return Number(/packets (\d+)/.exec(listing)?.[1])
  }
}

export async function sidestepsOf({ mqtt }: House, count: number): Promise<void> {
  await mqtt.waitForState((state) => state.sidesteps === count && state.suspect.length === 0, {
    ...soon,
    what: `${count} sidesteps, and no suspicion any more`,
  })
}

/** New connections of a device all the time: none begun in this time stands by that line. */
export function assertNoneBy(
  fresh: FreshConnections,
  wan: WanNumber,
  fromMs: number,
  toMs: number,
): void {
  const strays = fresh
    .begunBetween(fromMs, toMs)
    .filter(({ end }) => end !== null && 'wan' in end && end.wan === wan)
  assert.deepEqual(strays, [], `new connections by WAN ${wan}`)
}

export function testHiccupIn(name: string, options: HouseOptions): void {
  test(`a hiccup moves what begins, and nothing that runs: ${name}`, { skip }, async () => {
    await using house = await House.open(options)
    const { lab, mqtt } = house
    const running = await Running.start(house)
    const fresh = await FreshConnections.start(lab.client(2))
    const strays = await countStrays(lab.gateway(2))
    const told = mqtt.events.length

    const { beforeMs, afterMs } = await lab.fault(hiccup)
    const steppedMs = await fresh.waitForWan(2, { afterMs: beforeMs, ...soon })
    assert.ok(steppedMs < afterMs + hiccupMs, 'a new connection stands in the midst of the silence')
    await fresh.waitForWan(1, { afterMs: afterMs + hiccupMs, ...soon })
    await sidestepsOf(house, 1)
    const backMs = monotonicMs()

    await running.assertStayed(beforeMs)
    assert.equal(await strays(), 0, 'packets of running connections by the other line')
    assertNoneBy(fresh, 2, backMs, monotonicMs())
    assert.deepEqual(mqtt.events.slice(told), [])
    assert.equal(mqtt.state()?.active, 'primary')
    await running.stop()
    await fresh.stop()
  })

  test(`what began in a silence ends where it began: ${name}`, { skip }, async () => {
    await using house = await House.open(options)
    const { lab, mqtt } = house
    const fresh = await FreshConnections.start(lab.client(2))
    const told = mqtt.events.length
    const { beforeMs } = await lab.fault(silence)
    await fresh.waitForWan(2, { afterMs: beforeMs, ...soon })
    const begun = await Running.start(house)
    const begunMs = monotonicMs()
    const { afterMs } = await lab.repair(1)
    await fresh.waitForWan(1, { afterMs, ...soon })
    await sidestepsOf(house, 1)
    const backMs = monotonicMs()
    await begun.assertStayed(begunMs, 2)
    assertNoneBy(fresh, 2, backMs, monotonicMs())
    assert.deepEqual(mqtt.events.slice(told), [])
    await begun.stop()
    await fresh.stop()
  })
}
