/** What every house asks of a tunnel whose line falls silent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { houseAddress } from '../../lab/host/tunnel-server.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { Topology } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()
/** A verdict on a line of 20 ms takes about this long; a suspicion, which is enough here, half. */
const detectionMs = 700
/** What a change of the line may cost beyond. */
const changeMs = 150

export function testSilentLineIn(topology: Topology): void {
  test(`goes on by the other line when one falls silent, and comes back: ${topology}`, async (t) => {
    await using house = await TunnelHouse.open({ topology })
    const { lab, server } = house
    const stream = await lab.client(1).startStream()
    const inside = await TcpClient.start(lab.client(1), {
      target: server.address,
      kind: 'sending',
    })
    const served = await TcpClient.start(lab.client(2), {
      target: server.address,
      kind: 'receiving',
    })
    for (const round of [1, 2]) {
      const cut = await lab.fault({ wan: 1, kind: 'upstream-silent' })
      await house.waitForLine(2)
      const { atMs } = await served.waitForData({
        afterMs: cut.beforeMs + detectionMs + changeMs,
        deadlineMs: 10_000,
      })
      const mostMs = detectionMs + changeMs + lag.allowanceMs(cut.beforeMs, atMs)
      const gapMs = Math.round(stream.longestGapMs(cut.beforeMs, atMs))
      t.diagnostic(`round ${round}: silent for ${gapMs} ms, at most ${Math.round(mostMs)}`)
      assert.ok(gapMs <= mostMs, `${gapMs} ms`)
      const back = await lab.repair(1)
      await house.waitForLine(1)
      const after = monotonicMs()
      await inside.waitForData({ afterMs: after, deadlineMs: 10_000 })
      const backMs = Math.round(stream.longestGapMs(back.beforeMs, monotonicMs()))
      t.diagnostic(`round ${round}: back with a gap of ${backMs} ms`)
    }
    assert.deepEqual([...inside.breaksAfter(0), ...served.breaksAfter(0)], [])
    const seen = stream.samples().flatMap(({ answer }) => answer?.address ?? [])
    assert.deepEqual([...new Set(seen)], [houseAddress], 'one address all the time')
  })
}
