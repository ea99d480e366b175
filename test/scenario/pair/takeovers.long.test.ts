/**
 * Two boxes behind one address: what a client sees when one gives way or is gone.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { PairHouse, sharedAddress } from '../../lab/house/pair-house.ts'
import { AddressWatch } from '../../lab/measure/address-watch.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')
const lag = new MachineLag()

test('a planned stop and the return of the first box lose no packet', { skip }, async () => {
  await using house = await PairHouse.open()
  const { first } = house
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const watch = await AddressWatch.start(house.lab.client(2), sharedAddress)
  const stoppedMs = monotonicMs()
  await first.daemon.stop()
  const movedMs = await house.waitUntilServing('second')
  await stream.waitForAnswer({ afterMs: movedMs + 200, deadlineMs: 5_000 })
  assert.equal(stream.lostBetween(stoppedMs, movedMs + 200), 0)
  const allowedMs = lag.allowanceMs(stoppedMs, movedMs + 200)
  const delayMs = stream.longestWaitMs(stoppedMs, movedMs + 200)
  assert.ok(delayMs < 40 + allowedMs, `a packet waited for ${delayMs} ms`)
  const silentMs = watch.longestSilenceMs(stoppedMs, movedMs)
  assert.ok(silentMs < 40 + allowedMs, `nobody had the address for ${silentMs} ms`)

  const startedMs = monotonicMs()
  first.startAgain()
  const returnedMs = await house.waitUntilServing('first')
  await stream.waitForAnswer({ afterMs: returnedMs + 200, deadlineMs: 5_000 })
  assert.equal(stream.lostBetween(startedMs, returnedMs + 200), 0)
  const told = first.daemon.lines.filter((line) => /ready to serve|took over/.test(line))
  assert.match(told[0] ?? '', /the pair: this box is ready to serve/)
})

test('a box whose daemon hangs gives way, and serves again once it turns', { skip }, async () => {
  await using house = await PairHouse.open()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const beforeMs = monotonicMs()
  process.kill(house.first.daemon.pid, 'SIGSTOP')
  const movedMs = await house.waitUntilServing('second')
  const allowedMs = 4_500 + lag.allowanceMs(beforeMs, movedMs)
  process.kill(house.first.daemon.pid, 'SIGCONT')
  assert.ok(movedMs - beforeMs < allowedMs, `it took ${movedMs - beforeMs} ms`)
  const returnedMs = await house.waitUntilServing('first')
  await stream.waitForAnswer({ afterMs: returnedMs + 200, deadlineMs: 5_000 })
  assert.equal(stream.lostBetween(beforeMs, returnedMs + 200), 0)
})
