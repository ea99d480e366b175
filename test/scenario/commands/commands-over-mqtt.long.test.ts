import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'

test('a test ends by itself, and without waiting for the failback delay', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    options: { test_failover: { minutes: 0.1 }, failback: { delay: 600, max_hold_down: 600 } },
  })
  const { lab, mqtt } = house
  const stream = await lab.client(1).startStream({ newFlows: true })
  const startMs = monotonicMs()
  await mqtt.publish('test_failover/set', 'ON')
  await stream.waitForWan(2, { afterMs: startMs, deadlineMs: 10_000 })
  await stream.waitForWan(1, { afterMs: startMs + 5_000, deadlineMs: 20_000 })
  await mqtt.waitForEvent('test_ended', { afterMs: startMs, deadlineMs: 5_000 })
  await stream.stop()
})

test('failing back by the button does not wait for the delay', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    options: { failback: { delay: 600, max_hold_down: 600 } },
  })
  const { mqtt } = house
  await breakLine(house, { wan: 1, kind: 'upstream-silent' })
  await mendLine(house, 1, { tells: 'wan_up' })
  assert.equal(mqtt.state()?.active, 'secondary')
  const pressedMs = monotonicMs()
  await mqtt.publish('failback/set', 'PRESS')
  await mqtt.waitForEvent('failback', { afterMs: pressedMs, deadlineMs: 5_000 })
})
