/**
 * All lines are down, and the one that traffic is not on returns: how soon does a client's new
 * connection stand by it. It was the last choice, so somebody has to move.
 */
import { House } from '../../house/house.ts'
import { FreshConnections } from '../../measure/fresh-connections.ts'
import { type BenchSettings, pathMs } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult } from '../result/row.ts'

interface ReturnRun {
  readonly newMs: number
  /** Until the daemon calls it up. */
  readonly upMs: number
}

const deadlineMs = 30_000
/** An outage, not a blink. */
const darkMs = 3_000

export async function measureReturns(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<House, ReturnRun> = {
    name: 'return',
    open: () => House.open({ topology: 'one-subnet', pathMs }),
    measure: measureReturn,
    describe: ({ newMs, upMs }) => `new ${Math.round(newMs)} ms, up after ${Math.round(upMs)} ms`,
  }
  const { done, failures } = await measureBlocks(measurement, settings)
  return {
    rows: [
      {
        id: 'return',
        title: 'all down, the secondary returns → new TCP connection by it',
        unit: 'ms',
        samples: done.map(({ newMs }) => newMs),
        failures,
        limit: { median: 600 },
      },
      {
        id: 'return-up',
        title: 'all down, the secondary returns: up, as the daemon says',
        unit: 'ms',
        samples: done.map(({ upMs }) => upMs),
        failures,
        limit: null,
      },
    ],
    runs: done,
  }
}

async function measureReturn(house: House, run: number): Promise<ReturnRun> {
  const { lab, mqtt } = house
  await assertDefaultTable(lab.host, '100')
  const connections = await FreshConnections.start(lab.client(1))
  const second = await lab.fault({ wan: 2, kind: 'upstream-silent' })
  await mqtt.waitForEvent('wan_down', { afterMs: second.beforeMs, deadlineMs })
  const first = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await mqtt.waitForEvent('all_down', { afterMs: first.beforeMs, deadlineMs })
  try {
    await pause(darkMs + phaseMs(run))
    const { beforeMs } = await lab.repair(2)
    const stoodMs = await connections.waitForWan(2, { afterMs: beforeMs, deadlineMs })
    const up = await mqtt.waitForEvent('wan_up', { afterMs: beforeMs, deadlineMs })
    return { newMs: stoodMs - beforeMs, upMs: up.seenMs - beforeMs }
  } finally {
    await connections.stop()
    const mended = await lab.repair(1)
    await mqtt.waitForState(({ active }) => active === 'primary', {
      deadlineMs,
      what: `the primary in use again, mended at ${mended.beforeMs}`,
    })
    await house.waitUntilUp()
  }
}
