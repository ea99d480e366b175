/**
 * Running connections of a client while two boxes take turns: the other one has never seen them.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { PairHouse } from '../../lab/house/pair-house.ts'
import { ManyFlows } from '../../lab/measure/many-flows.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')

test('fifty connections on one subnet live on through ten takeovers', { skip }, async () => {
  await using house = await PairHouse.open()
  const flows = await ManyFlows.start(house.lab.client(1), { tcp: 50, udp: 1 })
  const beforeMs = monotonicMs()
  await takeTurns(house, 5)
  assert.equal(flows.endedBetween(beforeMs, monotonicMs()), 0)
  await flows.stop()
})

test('they do so too after both boxes have left a line and returned to it', { skip }, async () => {
  await using house = await PairHouse.open()
  await house.lab.fault({ wan: 1, kind: 'upstream-silent' })
  await house.waitForBoth(/failover from primary/)
  await house.lab.repair(1)
  await house.waitForBoth(/failback from secondary/)
  const flows = await ManyFlows.start(house.lab.client(1), { tcp: 50, udp: 1 })
  const beforeMs = monotonicMs()
  await takeTurns(house, 1)
  assert.equal(flows.endedBetween(beforeMs, monotonicMs()), 0)
  await flows.stop()
})

test('they do so too on the backup, which both boxes use', { skip }, async () => {
  await using house = await PairHouse.open()
  await house.lab.fault({ wan: 1, kind: 'upstream-silent' })
  await house.waitForBoth(/failover from primary/)
  const flows = await ManyFlows.start(house.lab.client(1), { tcp: 50, udp: 1 })
  const beforeMs = monotonicMs()
  await takeTurns(house, 1)
  assert.equal(flows.endedBetween(beforeMs, monotonicMs()), 0)
  await flows.stop()
})

/** There and back, so many times. */
async function takeTurns(house: PairHouse, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    await house.restFirst(true)
    await house.waitUntilServing('second')
    await house.restFirst(false)
    await house.waitUntilServing('first')
  }
}
