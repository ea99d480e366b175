/** Which of two boxes serves: what each knows of its lines, what the user wants, and a split. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { PairHouse } from '../../lab/house/pair-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')
const lag = new MachineLag()

test('a box whose WANs are all dead gives way to one whose WANs live', { skip }, async () => {
  await using house = await PairHouse.open()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const beforeMs = monotonicMs()
  await house.takeInternetFrom(house.first)
  const { atMs } = await stream.waitForAnswer({ afterMs: beforeMs + 300, deadlineMs: 20_000 })
  const gapMs = stream.longestGapMs(beforeMs, atMs + 1)
  assert.ok(gapMs < 2_500 + lag.allowanceMs(beforeMs, atMs), `cut off for ${gapMs} ms`)
  const { pair } = await house.mqtt.waitForState((state) => state.pair?.state === 'standby', {
    deadlineMs: 10_000,
    what: 'the first box says that it is on standby',
  })
  assert.match(pair?.reason ?? '', /192\.168\.0\.5 is on the other box; none of its WANs lives/)
  await house.mqtt.waitForEvent('gave_way', { afterMs: beforeMs, deadlineMs: 5_000 })
  const againMs = monotonicMs()
  await house.giveInternetBack()
  const returnedMs = await house.waitUntilServing('first')
  await stream.waitForAnswer({ afterMs: returnedMs + 200, deadlineMs: 5_000 })
  assert.equal(stream.lostBetween(againMs, returnedMs + 200), 0)
})

test('a box that is asked to rest lets the other one serve, and no packet is lost', {
  skip,
}, async () => {
  await using house = await PairHouse.open()
  const stream = await house.lab.client(1).startStream({ everyMs: 20 })
  const beforeMs = monotonicMs()
  await house.mqtt.publish('rest/set', 'ON')
  await house.waitUntilServing('second')
  const { pair } = await house.mqtt.waitForState((state) => state.pair?.state === 'standby', {
    deadlineMs: 10_000,
    what: 'the first box says that it is on standby',
  })
  assert.equal(pair?.resting, true)
  assert.equal(house.mqtt.topic('rest/state'), 'ON')
  await house.restFirst(false)
  const returnedMs = await house.waitUntilServing('first')
  await stream.waitForAnswer({ afterMs: returnedMs + 200, deadlineMs: 5_000 })
  assert.equal(stream.lostBetween(beforeMs, returnedMs + 200), 0)
})
