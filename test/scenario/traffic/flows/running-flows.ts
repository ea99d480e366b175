/** Running TCP connections of the house, and what becomes of them when lines die and return. */
import assert from 'node:assert/strict'
import { breakLine, mendLine } from '../../../lab/house/break-line.ts'
import type { House } from '../../../lab/house/house.ts'
import { TcpClient } from '../../../lab/measure/tcp-client.ts'
import type { LabNode } from '../../../lab/network/node.ts'
import { ports, target } from '../../../lab/network/plan.ts'
import { MachineLag } from '../../../machine-lag.ts'

/** After the failover was told; a client's own repetitions back off beyond that. */
const resetWithinMs = 1_000
export const newConnectionWithinMs = 1_500
export const within = { deadlineMs: 30_000 } as const
const lag = new MachineLag()

type Kind = 'sending' | 'receiving'

/** One who sends and one who only receives, of a device each and of the host. */
export class RunningFlows {
  readonly all: ReadonlyMap<string, TcpClient>

  private constructor(all: ReadonlyMap<string, TcpClient>) {
    this.all = all
  }

  static async start({ lab }: House, to = target): Promise<RunningFlows> {
    const wanted: readonly (readonly [string, LabNode, Kind])[] = [
      ['a device that sends', lab.client(1), 'sending'],
      ['a device that only receives', lab.client(2), 'receiving'],
      ['the host, sending', lab.host, 'sending'],
      ['the host, only receiving', lab.host, 'receiving'],
    ]
    const started = wanted.map(
      async ([name, node, kind]) =>
        [name, await TcpClient.start(node, { target: to, kind })] as const,
    )
    return new RunningFlows(new Map(await Promise.all(started)))
  }

  /** Each was reset soon after the move was told, and has a connection again. */
  async assertReset(sinceMs: number, toldMs: number): Promise<void> {
    for (const [name, client] of this.all) {
      const wait = { afterMs: sinceMs, deadlineMs: 10_000 }
      const broken = await client.waitForBreak(wait).catch((error: unknown) => {
        throw new Error(`${name}: never told`, { cause: error })
      })
      assert.equal(broken.detail, 'ECONNRESET', name)
      const laterMs = Math.round(broken.atMs - toldMs)
      const slackMs = lag.allowanceMs(sinceMs, broken.atMs)
      assert.ok(
        laterMs < resetWithinMs + slackMs,
        `${name}: reset ${laterMs} ms after the move was told`,
      )
      const data = await client.waitForData({ afterMs: broken.atMs, deadlineMs: 10_000 })
      const againMs = Math.round(data.atMs - toldMs)
      const mostMs = newConnectionWithinMs + lag.allowanceMs(sinceMs, data.atMs)
      assert.ok(againMs < mostMs, `${name}: works again ${againMs} ms after`)
    }
  }

  /** Nobody's connection has broken since; each has had data since `aliveMs`. */
  async assertUnbroken(sinceMs: number, aliveMs: number): Promise<void> {
    for (const [name, client] of this.all) {
      await client.waitForData({ afterMs: aliveMs, deadlineMs: 10_000 }).catch((error: unknown) => {
        throw new Error(`${name}: no data any more`, { cause: error })
      })
      assert.deepEqual(client.breaksAfter(sinceMs), [], `${name}: the connection has broken`)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.all.values()].map((client) => client.stop()))
  }
}

/** Counts at a gateway what the house sends to the TCP servers. */
export async function countAt(node: LabNode): Promise<() => Promise<number>> {
  await node.nft(`table inet seen {
    chain passing {
      type filter hook forward priority 10;
      iifname "lan" tcp dport { ${ports.tcpEcho}, ${ports.tcpTicks} } counter
    }
  }`)
  return async () => {
    const listing = await node.run('nft', 'list', 'table', 'inet', 'seen')
    return Number(/packets (\d+)/.exec(listing)?.[1])
  }
}

export async function failOver(house: House) {
  const { beforeMs, event } = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
  return { faultMs: beforeMs, toldMs: event.seenMs }
}

export async function failBack(house: House) {
  const { beforeMs, event } = await mendLine(house, 1, within)
  return { repairedMs: beforeMs, toldMs: event.seenMs }
}

/** What was reset in time for a failover that was told then. */
export function assertInTime(
  brokenMs: number,
  { faultMs, toldMs }: Awaited<ReturnType<typeof failOver>>,
): void {
  const mostMs = resetWithinMs + lag.allowanceMs(faultMs, brokenMs)
  assert.ok(brokenMs - toldMs < mostMs, `reset ${brokenMs - toldMs} ms after the move was told`)
}
