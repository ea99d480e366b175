/** Running connections of a client while two boxes take turns: the other one has never seen them. */
import '../../lab/enter-namespace.ts'
import { test } from 'node:test'
import { skipWithout } from '../../lab/host/requirements.ts'
import { PairHouse } from '../../lab/house/pair-house.ts'
import { ManyFlows } from '../../lab/measure/many-flows.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('keepalived', 'setpriv', 'nsenter')

test('where they are translated the other box lets them begin anew at once', { skip }, async () => {
  await using house = await PairHouse.open({ options: { nat: 'always' } })
  const flows = await ManyFlows.start(house.lab.client(1), { tcp: 50, udp: 1 })
  const beforeMs = monotonicMs()
  await house.restFirst(true)
  await house.waitUntilServing('second')
  await waitFor(() => flows.endedBetween(beforeMs, monotonicMs()) >= 50, {
    ...{ deadlineMs: 10_000, what: 'all connections have ended' },
  })
  await flows.stop()
})
