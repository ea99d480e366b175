/** Two boxes behind one address: what a client sees when one gives way or is gone. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { PairHouse } from '../../lab/house/pair-house.ts'
import type { EchoStream } from '../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')
const lag = new MachineLag()

test('a client goes on when the serving box loses its power', { skip }, async () => {
  await using house = await PairHouse.open()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const beforeMs = monotonicMs()
  await house.cutPower(house.first)
  await assertBridged(stream, { beforeMs, withinMs: 1_500 })
  assert.ok(await house.second.hasAddress())
})

test('a daemon that is killed gives the address back, and the other box takes it', {
  skip,
}, async () => {
  await using house = await PairHouse.open()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const beforeMs = monotonicMs()
  await house.first.daemon.end('SIGKILL')
  await house.waitUntilServing('second')
  await assertBridged(stream, { beforeMs, withinMs: 1_500 })
})

/** The longest time without an answer since `beforeMs` was no longer than `withinMs`. */
async function assertBridged(
  stream: EchoStream,
  { beforeMs, withinMs }: { readonly beforeMs: number; readonly withinMs: number },
): Promise<void> {
  const { atMs } = await stream.waitForAnswer({ afterMs: beforeMs + 300, deadlineMs: 20_000 })
  const gapMs = stream.longestGapMs(beforeMs, atMs + 1)
  const allowedMs = withinMs + lag.allowanceMs(beforeMs, atMs)
  assert.ok(gapMs < allowedMs, `a client was cut off for ${gapMs} ms`)
}
