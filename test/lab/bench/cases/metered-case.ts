/**
 * What a metered WAN on standby costs of its own volume: everything that its line's far end sees
 * while nobody uses it, probes, DNS and public address, as so much a month.
 */
import { House } from '../../house/house.ts'
import { InternetBytes } from '../../measure/internet-bytes.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import { type BenchSettings, pathMs } from '../bench-settings.ts'
import { pause } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

const monthMs = 31 * 86_400_000
/** The first verdict is over by then: it comes once a start, and is told beside the rest. */
const settleMs = 20_000
const stepMs = 30_000

export async function measureMetered({ lossMs, progress }: BenchSettings): Promise<CaseResult> {
  await using house = await House.open({
    topology: 'lan-and-stick',
    pathMs,
    wans: [{}, { metered: true }],
    waitUntilUp: false,
  })
  const bill = await InternetBytes.count(house.lab)
  await house.waitUntilUp()
  await pause(settleMs)
  const startBytes = await bill.of(2)
  const fromMs = monotonicMs()
  while (monotonicMs() - fromMs < lossMs) {
    await pause(stepMs)
    const bytes = (await bill.of(2)) - startBytes
    progress(`metered-standby: ${bytes} bytes in ${Math.round((monotonicMs() - fromMs) / 1000)} s`)
  }
  const forMs = monotonicMs() - fromMs
  const bytes = (await bill.of(2)) - startBytes
  if (house.mqtt.state()?.wans['secondary']?.state !== 'up') throw new Error('it was not up')
  const failures = bytes === 0 ? ['the WAN was not probed at all'] : []
  return {
    rows: [
      {
        id: 'metered-standby',
        title: 'a metered WAN on standby: our own traffic in a month',
        unit: 'MB',
        samples: failures.length > 0 ? [] : [((bytes / forMs) * monthMs) / 1_000_000],
        failures,
        limit: { worst: 10 },
      },
    ],
    runs: [{ startBytes, bytes, forMs }],
  }
}
