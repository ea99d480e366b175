import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { testIpv6ClientsIn } from './test-ipv6-clients-in.ts'

test('a daemon that was asleep for some seconds raises no alarm when it wakes', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const stream = await house.lab.client(1).startStream()
  process.kill(house.daemon.pid, 'SIGSTOP')
  const asleepMs = monotonicMs()
  await stream.waitForWan(1, { afterMs: asleepMs + 4_000, deadlineMs: 20_000 })
  process.kill(house.daemon.pid, 'SIGCONT')
  await stream.waitForWan(1, { afterMs: asleepMs + 7_000, deadlineMs: 20_000 })
  await stream.stop()
  assert.deepEqual(
    house.mqtt.events.map(({ event_type, reason }) => `${event_type}: ${reason}`),
    [],
  )
})

testIpv6ClientsIn({ topology: 'two-interfaces' })
