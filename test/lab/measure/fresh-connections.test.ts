import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../host/requirements.ts'
import { Lab } from '../lab.ts'
import { FreshConnections } from './fresh-connections.ts'
import { monotonicMs } from './monotonic.ts'

const skip = skipWithout('ip', 'nft', 'nsenter', 'unshare', tunDevice)

test('the first new connection by the other line is told, and what a silence delays', {
  skip,
}, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', pathMs: 20 })
  await lab.host.script('for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 >$f; done')
  const connections = await FreshConnections.start(lab.client(1))

  const calmMs = monotonicMs()
  const stoodMs = await connections.waitForWan(1, { afterMs: calmMs, deadlineMs: 5_000 })
  assert.ok(stoodMs - calmMs >= 20, `a round trip took ${stoodMs - calmMs} ms`)

  const { beforeMs, afterMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await assert.rejects(connections.waitForWan(2, { afterMs: beforeMs, deadlineMs: 300 }))
  const { gateway } = lab.wan(2)
  await lab.host.ip([`route replace default via ${gateway} dev eth0 proto dhcp metric 100`])
  const movedMs = monotonicMs()
  const firstMs = await connections.waitForWan(2, { afterMs: beforeMs, deadlineMs: 5_000 })
  assert.ok(firstMs - beforeMs > 300, `it stood ${firstMs - beforeMs} ms after the fault`)

  // A question that was lost is asked again after a second, and then by the other line.
  await connections.waitForWan(2, { afterMs: movedMs + 1_500, deadlineMs: 5_000 })
  const inSilence = connections.begunBetween(afterMs, firstMs - 60)
  assert.ok(inSilence.length >= 5, `${inSilence.length} were begun in the silence`)
  const late = connections.lateBetween(afterMs, firstMs - 60, 500)
  assert.equal(late, inSilence.length)
  assert.equal(connections.failedBetween(afterMs, firstMs), 0)
  assert.equal(connections.lateBetween(calmMs, beforeMs - 60, 500), 0)
  await connections.stop()
})

test('a fault that slows a line adds to its path, and its end leaves the path', {
  skip,
}, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', pathMs: 20 })
  const stream = await lab.client(1).startStream({ everyMs: 20 })
  const took = async (afterMs: number) => {
    const { sentMs, answer } = await stream.waitForWan(1, { afterMs, deadlineMs: 5_000 })
    return answer.atMs - sentMs
  }
  const slow = await lab.fault({ wan: 1, kind: 'slow', delayMs: 100 })
  const slowMs = await took(slow.afterMs)
  assert.ok(slowMs >= 120, `${slowMs} ms`)
  const repair = await lab.repair(1)
  const againMs = await took(repair.afterMs)
  assert.ok(againMs >= 20 && againMs < 100, `${againMs} ms`)
  await stream.stop()
})
