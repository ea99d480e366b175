/** UDP sockets of this machine that ask by one address for ever: do they follow, do they stay? */
import assert from 'node:assert/strict'
import type { Lab } from '../../lab/lab.ts'
import { EchoStream } from '../../lab/measure/echo-stream.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'

/** What the issue asks of a tunnel: it keeps itself alive each second. */
const everyMs = 1_000

const followsWithinMs = 2_000
const lag = new MachineLag()

/** Sockets of the host with one address for ever: given by the kernel, or asked for. */
export async function sockets(lab: Lab, wan: WanNumber): Promise<ReadonlyMap<string, EchoStream>> {
  const from = lab.wan(wan).hostAddress
  return new Map([
    ['connected', await EchoStream.start(lab.host, { connected: true, everyMs })],
    ['bound', await EchoStream.start(lab.host, { from, everyMs })],
    ['bound and connected', await EchoStream.start(lab.host, { from, connected: true, everyMs })],
  ])
}

export async function assertFollow(
  all: ReadonlyMap<string, EchoStream>,
  wan: WanNumber,
  toldMs: number,
): Promise<void> {
  for (const [name, stream] of all) {
    const { answer } = await stream
      .waitForWan(wan, { afterMs: toldMs - everyMs, deadlineMs: 15_000 })
      .catch((error: unknown) => {
        throw new Error(`${name}: never answered by WAN ${wan}`, { cause: error })
      })
    const laterMs = Math.round(answer.atMs - toldMs)
    const mostMs = followsWithinMs + lag.allowanceMs(toldMs, answer.atMs)
    assert.ok(laterMs < mostMs, `${name}: answered ${laterMs} ms after the move`)
  }
}

export async function stop(...all: readonly ReadonlyMap<string, EchoStream>[]): Promise<void> {
  await Promise.all(all.flatMap((one) => [...one.values()].map((stream) => stream.stop())))
}
