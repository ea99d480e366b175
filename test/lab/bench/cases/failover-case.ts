/**
 * The WAN in use fails, clients must get through by the other one; it is mended, and they must
 * come back without losing a packet.
 */
import type { FaultKind } from '../../faults/fault.ts'
import { House } from '../../house/house.ts'
import type { Topology } from '../../network/plan.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks, type Runs } from '../blocks.ts'
import { type Arrival, ClientStreams, type Loss } from '../instruments/client-streams.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult, Limit, Row } from '../result/row.ts'

export interface FailoverCase {
  readonly id: string
  readonly name: string
  readonly topology: Topology
  readonly fault: Extract<FaultKind['kind'], 'upstream-silent' | 'gateway-dead' | 'carrier-cut'>
  readonly limit: Limit
}

export interface FailoverRun {
  readonly failover: Arrival
  readonly detectMs: number | null
  readonly switchMs: number | null
  readonly reason: string
  readonly lostAtFailback: Loss
}

const eventDeadlineMs = 30_000
/** How long after the failback its losses are still counted. */
const afterFailbackMs = 500

export async function measureFailovers(
  wanted: FailoverCase,
  settings: BenchSettings,
): Promise<CaseResult> {
  const runs = await measureBlocks(failoverMeasurement(wanted), settings)
  return { rows: failoverRows(wanted, runs), runs: runs.done }
}

export function failoverMeasurement(wanted: FailoverCase): Measurement<House, FailoverRun> {
  return {
    name: wanted.id,
    open: () => House.open({ topology: wanted.topology }),
    measure: (house, run) => measureFailover(house, wanted.fault, run),
    describe: ({ failover, lostAtFailback: { oneFlow, newFlows } }) =>
      `${Math.round(failover.bothMs)} ms, ${oneFlow + newFlows} lost at failback`,
  }
}

async function measureFailover(
  house: House,
  kind: FailoverCase['fault'],
  run: number,
): Promise<FailoverRun> {
  const { lab, mqtt } = house
  await using streams = await ClientStreams.start(lab.client(1))
  await assertDefaultTable(lab.host, '100')
  await streams.assertCalmThrough(1)
  await pause(phaseMs(run))

  const { beforeMs, afterMs } = await lab.fault({ wan: 1, kind })
  const failover = await streams.firstThrough(2, beforeMs)
  const event = await mqtt.waitForEvent('failover', {
    afterMs: beforeMs,
    deadlineMs: eventDeadlineMs,
  })
  assertMove(event, 'primary', 'secondary')
  await assertDefaultTable(lab.host, '101')
  streams.assertNothingThrough(1, afterMs, beforeMs + failover.bothMs)

  const repair = await lab.repair(1)
  const back = await mqtt.waitForEvent('failback', {
    afterMs: repair.beforeMs,
    deadlineMs: eventDeadlineMs,
  })
  assertMove(back, 'secondary', 'primary')
  await streams.newFlowsThrough(1, repair.beforeMs)
  await assertDefaultTable(lab.host, '100')
  const lostAtFailback = await streams.lostBetween(repair.beforeMs, back.seenMs + afterFailbackMs)
  await house.waitUntilUp()
  return {
    failover,
    detectMs: event.detect_ms,
    switchMs: event.switch_ms,
    reason: event.reason,
    lostAtFailback,
  }
}

function assertMove(
  event: { readonly from: string | null; readonly to: string | null },
  from: string,
  to: string,
): void {
  if (event.from === from && event.to === to) return
  throw new Error(`the move was from ${event.from} to ${event.to}, not from ${from} to ${to}`)
}

export function failoverRows(
  { id, name, limit }: FailoverCase,
  { done, failures }: Runs<FailoverRun>,
): Row[] {
  const row = { unit: 'ms', failures, limit: null } as const
  return [
    {
      ...row,
      id,
      title: `${name} → client packet through the secondary`,
      samples: done.map(({ failover }) => failover.bothMs),
      limit,
    },
    {
      ...row,
      id: `${id}-failback`,
      title: `${name}, mended: client packets lost at failback`,
      unit: 'packets',
      samples: done.map(({ lostAtFailback: { oneFlow, newFlows } }) => oneFlow + newFlows),
      limit: { worst: 0 },
    },
    {
      ...row,
      id: `${id}-detect`,
      title: `${name}: detection, as the daemon says`,
      samples: known(done.map(({ detectMs }) => detectMs)),
    },
    {
      ...row,
      id: `${id}-switch`,
      title: `${name}: switch, as the daemon says`,
      samples: known(done.map(({ switchMs }) => switchMs)),
    },
  ]
}

/** Where nothing had to be detected or switched the daemon says null. */
function known(samples: readonly (number | null)[]): number[] {
  return samples.filter((sample) => sample !== null)
}
