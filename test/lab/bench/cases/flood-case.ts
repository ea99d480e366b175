/** A WAN dies while somebody floods the broker with commands: clients don't wait for that. */

import { waitFor } from '../../../wait-for.ts'
import { House } from '../../house/house.ts'
import { CommandFlood, residentKb } from '../../measure/command-flood.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import type { CaseResult } from '../result/row.ts'

interface FloodRun {
  readonly backMs: number
  readonly residentMb: number
}

const floodBefore = 6_000
const leastPerSecond = 1_500

export async function measureFlood(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<House, FloodRun> = {
    name: 'flood',
    open: () => House.open({ topology: 'one-subnet' }),
    measure: measureFlooded,
    describe: ({ backMs, residentMb }) => `${backMs.toFixed(0)} ms, ${residentMb.toFixed(1)} MB`,
  }
  // Each run has a daemon of its own, or its memory would be that of all floods before.
  const blocks = Array.from({ length: settings.fewRuns }, (_, first) => ({ first, count: 1 }))
  const few = { ...settings, runs: settings.fewRuns }
  const { done, failures } = await measureBlocks(measurement, few, blocks)
  const title = 'upstream silent in a flood of 2,000 commands a second'
  return {
    rows: [
      {
        id: 'flood',
        title: `${title} → client packet through the secondary`,
        unit: 'ms',
        samples: done.map(({ backMs }) => backMs),
        failures,
        limit: { median: 2_000 },
      },
      {
        id: 'flood-memory',
        title: `${title}: RSS of the daemon`,
        unit: 'MB',
        samples: done.map(({ residentMb }) => residentMb),
        failures,
        limit: { worst: 130 },
      },
    ],
    runs: done,
  }
}

async function measureFlooded({ lab, mqtt, daemon }: House): Promise<FloodRun> {
  const stream = await lab.client(1).startStream({ newFlows: true })
  const flood = await CommandFlood.begin(mqtt.port)
  try {
    const waiting = { deadlineMs: 30_000, what: `a flood of ${floodBefore} commands` }
    await waitFor(() => flood.sent >= floodBefore, waiting)
    const before = { sent: flood.sent, atMs: monotonicMs() }
    const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    const { answer } = await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 20_000 })
    const perSecond = (1_000 * (flood.sent - before.sent)) / (monotonicMs() - before.atMs)
    if (perSecond < leastPerSecond) throw new Error(`only ${perSecond.toFixed(0)} a second`)
    return { backMs: answer.atMs - beforeMs, residentMb: residentKb(daemon.pid) / 1_000 }
  } finally {
    await flood.end()
    await stream.stop()
  }
}
