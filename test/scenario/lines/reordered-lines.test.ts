/** Options that name the same lines in another order: a number that was one WAN's is another one's. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brokerOf, House, optionsOf } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'

test('traffic stays on its line where the options give this one another place', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt, folder, daemon } = house
  const stream = await lab.client(1).startStream({ newFlows: true, everyMs: 20 })
  const { wans, ...others } = optionsOf(lab.plan)
  const beforeMs = monotonicMs()
  // Long enough that nothing returns to the preferred line meanwhile.
  folder.write({
    ...{ ...others, ...brokerOf(mqtt), wans: wans.toReversed() },
    failback: { delay: 60 },
  })
  process.kill(daemon.pid, 'SIGHUP')
  await daemon.waitForLine(/found the rules of an earlier run: primary is in use/, {
    deadlineMs: 20_000,
  })
  const known = await mqtt.waitForState(
    ({ wans: all, policies }) =>
      Object.values(all).every(({ state }) => state === 'up') &&
      Object.keys(all)[0] === 'secondary' &&
      policies['default'] !== undefined,
    { deadlineMs: 20_000, what: 'both to be up by the new options' },
  )
  assert.equal(known.active, 'primary')
  await stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 5_000 })
  const samples = stream.samples().filter(({ sentMs }) => sentMs >= beforeMs)
  const strays = samples.filter(({ answer }) => answer !== null && answer.wan !== 1)
  // While the tables are filled anew, a packet or two may meet the other line's way.
  assert.ok(strays.length <= 2, `${strays.length} of ${samples.length} packets went elsewhere`)
})
