/** A tunnel's line is changed on purpose, and its server dies and comes back. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()

/** What a failover test may cost. */
const switchMs = 100

describe('a tunnel', { skip: skipWithout('wg', 'wireguard-go', tunDevice) }, () => {
  test('moves with a failover test, and what runs inside hardly notices', async (t) => {
    await using house = await TunnelHouse.open()
    const { lab, mqtt } = house
    const stream = await lab.client(1).startStream()
    const gaps: number[] = []
    for (const [word, wan] of [
      ['ON', 2],
      ['OFF', 1],
    ] as const) {
      const fromMs = monotonicMs()
      await mqtt.publish('test_failover/set', word)
      await house.waitForLine(wan)
      await stream.waitForWan(1, { afterMs: monotonicMs(), deadlineMs: 5_000 })
      const toMs = monotonicMs()
      const gapMs = Math.round(stream.longestGapMs(fromMs, toMs))
      gaps.push(gapMs - lag.allowanceMs(fromMs, toMs))
      t.diagnostic(`test ${word}: a gap of ${gapMs} ms`)
    }
    assert.ok(Math.max(...gaps) <= switchMs, gaps.join(', '))
  })
})
