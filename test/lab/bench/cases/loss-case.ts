/** Both WANs lose packets, evenly, and neither is down: whoever fails over here is wrong. */
import type { EventType } from '../../../../src/model/published/snapshot.ts'
import { House } from '../../house/house.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { pause } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

const lossPercent = 5
const stepMs = 5000
const wrong: readonly EventType[] = ['failover', 'wan_down', 'all_down']
/** Round trips are lost with 1 − 0.95², 9.75 %; outside of this the lab didn't do what it should. */
const plausible = { lowest: 6.5, highest: 13 }

export async function measureLoss({ lossMs, progress }: BenchSettings): Promise<CaseResult> {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  // Slow enough to take no CPU from the daemon, fast enough to know the loss well.
  const stream = await lab.client(1).startStream({ everyMs: 50 })
  const loss = { kind: 'loss', percent: lossPercent, direction: 'both' } as const
  const { beforeMs } = await lab.fault({ wan: 1, ...loss })
  await lab.fault({ wan: 2, ...loss })

  let secondaryLost = 0
  while (monotonicMs() - beforeMs < lossMs) {
    await pause(Math.min(stepMs, lossMs))
    secondaryLost = Math.max(secondaryLost, mqtt.state()?.wans['secondary']?.loss_percent ?? 0)
    const seconds = Math.round((monotonicMs() - beforeMs) / 1000)
    progress(
      `loss: ${seconds} s, ${eventsSince(house, beforeMs).map(describe).join(', ') || 'calm'}`,
    )
  }
  const toMs = monotonicMs()
  const sent = stream.between(beforeMs, toMs).length
  const clientLossPercent = (stream.lostBetween(beforeMs, toMs) / sent) * 100
  await stream.stop()
  if (clientLossPercent < plausible.lowest || clientLossPercent > plausible.highest) {
    throw new Error(`the lab lost ${clientLossPercent.toFixed(1)} % of the client's round trips`)
  }
  if (secondaryLost === 0) throw new Error('the daemon saw no loss on the secondary')

  const events = eventsSince(house, beforeMs)
  const mistakes = events.filter(({ event_type: type }) => wrong.includes(type))
  return {
    rows: [
      {
        id: 'loss',
        title: `wrong verdicts in ${lossMs / 1000} s of ${lossPercent} % loss each way, both WANs`,
        unit: 'failovers',
        samples: [mistakes.length],
        failures: [],
        limit: { worst: 0 },
      },
    ],
    runs: [{ clientLossPercent, sent, secondaryLost, events }],
  }
}

function eventsSince({ mqtt }: House, fromMs: number): House['mqtt']['events'] {
  return mqtt.events.filter(({ seenMs }) => seenMs >= fromMs)
}

function describe({ event_type: type, reason }: { event_type: EventType; reason: string }): string {
  return `${type}: ${reason}`
}
