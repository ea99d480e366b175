/** What every house asks of running TCP connections; each has a file, for all of it takes long. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { breakLine } from '../../../lab/house/break-line.ts'
import { House, type HouseOptions } from '../../../lab/house/house.ts'
import { EchoStream } from '../../../lab/measure/echo-stream.ts'
import { monotonicMs } from '../../../lab/measure/monotonic.ts'
import { ShortConnections } from '../../../lab/measure/short-connections.ts'
import { target } from '../../../lab/network/plan.ts'
import {
  countAt,
  failBack,
  failOver,
  newConnectionWithinMs,
  RunningFlows,
  within,
} from './running-flows.ts'

export function testFlowsIn(name: string, options: HouseOptions): void {
  describe(`running TCP connections, ${name}`, () => {
    test('are reset when their WAN dies; a graceful failback leaves the new ones alone', async () => {
      await using house = await House.open(options)
      const { lab } = house
      const flows = await RunningFlows.start(house)
      const away = await failOver(house)
      await flows.assertReset(away.faultMs, away.toldMs)

      const packets = await countAt(lab.gateway(2))
      const back = await failBack(house)
      const stream = await EchoStream.start(lab.client(1), { newFlows: true })
      await stream.waitForWan(1, { afterMs: back.toldMs, deadlineMs: 5_000 })
      const before = await packets()
      // Beyond all three passes of a cut: none of them may find these.
      await flows.assertUnbroken(away.toldMs + newConnectionWithinMs, back.toldMs + 6_000)
      const more = (await packets()) - before
      assert.ok(more > 4, `${more} packets by the secondary: the running flows have stayed there`)

      const strays = stream.samples().filter(({ answer }) => answer?.wan === 2)
      assert.deepEqual(
        strays.filter(({ sentMs }) => sentMs > back.toldMs),
        [],
      )
      // Now the WAN dies on which they have stayed, though it carries nobody else.
      const down = { tells: 'wan_down', ...within } as const
      const second = await breakLine(house, { wan: 2, kind: 'upstream-silent' }, down)
      await flows.assertReset(second.beforeMs, second.event.seenMs)
      await flows.stop()
      await stream.stop()
    })

    test('are reset with strict gateways too; an immediate failback moves them', async () => {
      await using house = await House.open({
        ...options,
        options: { ...options.options, failback: { delay: 2, mode: 'immediate' } },
      })
      await house.lab.makeStrict()
      const flows = await RunningFlows.start(house)
      const away = await failOver(house)
      await flows.assertReset(away.faultMs, away.toldMs)
      const back = await failBack(house)
      await flows.assertReset(back.repairedMs, back.toldMs)
      await flows.stop()
    })

    test('leave a metered WAN at once when the first is back', async () => {
      await using house = await House.open({ ...options, wans: [{}, { metered: true }] })
      const flows = await RunningFlows.start(house)
      const away = await failOver(house)
      await flows.assertReset(away.faultMs, away.toldMs)
      const back = await failBack(house)
      await flows.assertReset(back.repairedMs, back.toldMs)
      const packets = await countAt(house.lab.gateway(2))
      const stillMs = monotonicMs()
      await flows.assertUnbroken(back.toldMs + newConnectionWithinMs, stillMs + 500)
      assert.equal(await packets(), 0, 'nothing goes by the metered WAN any more')
      await flows.stop()
    })

    test('are left alone when no WAN is healthy, and live on when the line is back', async () => {
      await using house = await House.open(options)
      const flows = await RunningFlows.start(house)
      const startedMs = monotonicMs()
      const kind = 'upstream-silent'
      await breakLine(house, { wan: 2, kind }, { tells: 'wan_down', ...within })
      await breakLine(house, { wan: 1, kind }, { tells: 'all_down', ...within })
      const repair = await house.lab.repair(1)
      await flows.assertUnbroken(startedMs, repair.afterMs)
      await flows.stop()
    })

    test('that begin during a flip and after it are never reset', async () => {
      await using house = await House.open(options)
      const { lab } = house
      const hammers = {
        device: await ShortConnections.start(lab.client(1), { target }),
        host: await ShortConnections.start(lab.host, { target }),
      }
      const fault = await breakLine(house, { wan: 1, kind: 'upstream-silent' }, within)
      const { seenMs } = fault.event
      const endMs = seenMs + 6_000
      for (const [who, hammer] of Object.entries(hammers)) {
        await hammer.waitForAnswer({ afterMs: endMs, deadlineMs: 15_000 })
        const begun = hammer.begunBetween(fault.afterMs, endMs)
        const failed = begun.filter(({ end }) => end !== null && end.error !== null)
        assert.ok(begun.length > 100, `${who} has begun ${begun.length} only`)
        // What was asked for before the flip may be given up; it is nobody's to reset it.
        const resets = failed.filter(({ end }) => end?.error === 'ECONNRESET')
        assert.deepEqual(resets, [], `${who}: reset`)
        const later = failed.filter(({ begunMs }) => begunMs > seenMs)
        assert.deepEqual(later, [], `${who}: failed after the flip`)
        await hammer.stop()
      }
    })
  })
}
