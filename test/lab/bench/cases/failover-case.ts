/**
 * The WAN in use fails, clients must get through by the other one; it is mended, and they must
 * come back without losing a packet.
 */
import type { FaultKind } from '../../faults/fault.ts'
import { House } from '../../house/house.ts'
import type { Topology } from '../../network/plan.ts'
import { type BenchSettings, pathMs } from '../bench-settings.ts'
import { type Measurement, measureBlocks, type Runs } from '../blocks.ts'
import {
  type Arrival,
  ClientStreams,
  type Loss,
  type Waited,
} from '../instruments/client-streams.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult, Limit, Row } from '../result/row.ts'

export interface FailoverCase {
  readonly id: string
  readonly name: string
  readonly topology: Topology
  readonly fault: Extract<FaultKind['kind'], 'upstream-silent' | 'gateway-dead' | 'carrier-cut'>
  /** Merged over the daemon's options. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Of a new TCP connection. */
  readonly newLimit: Limit
  /** Of the running stream; null: for information. */
  readonly runningLimit: Limit | null
  /** As whom the daemon stands in the table of peers. */
  readonly contender?: string
}

export interface FailoverRun {
  readonly failover: Arrival
  readonly detectMs: number | null
  readonly switchMs: number | null
  readonly reason: string
  readonly waited: Waited
  readonly lostAtFailback: Loss
}

const eventDeadlineMs = 30_000
/** How long after the failback its losses are still counted. */
const afterFailbackMs = 500
/** What was begun later than this after the first arrival has nothing to do with the fault. */
const afterArrivalMs = 1_000

export async function measureFailovers(
  wanted: FailoverCase,
  settings: BenchSettings,
): Promise<CaseResult> {
  const runs = await measureBlocks(failoverMeasurement(wanted), settings)
  return { rows: failoverRows(wanted, runs), runs: runs.done }
}

export function failoverMeasurement(wanted: FailoverCase): Measurement<House, FailoverRun> {
  const { topology, options = {} } = wanted
  return {
    name: wanted.id,
    open: () => House.open({ topology, pathMs, options }),
    measure: (house, run) => measureFailover(house, wanted.fault, run),
    describe: ({ failover: { newMs, runningMs }, lostAtFailback }) =>
      `new ${Math.round(newMs)} ms, running ${Math.round(runningMs)} ms, ` +
      `${lostAtFailback.running + lostAtFailback.new} lost at failback`,
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
  await streams.newThrough(1, repair.beforeMs)
  await assertDefaultTable(lab.host, '100')
  const lostAtFailback = await streams.lostBetween(repair.beforeMs, back.seenMs + afterFailbackMs)
  const waited = streams.waitedBetween(beforeMs, beforeMs + failover.newMs + afterArrivalMs)
  await house.waitUntilUp()
  return {
    failover,
    detectMs: event.detect_ms,
    switchMs: event.switch_ms,
    reason: event.reason,
    waited,
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

export function failoverRows(wanted: FailoverCase, { done, failures }: Runs<FailoverRun>): Row[] {
  const { id, name, newLimit, runningLimit, contender } = wanted
  const row = { unit: 'ms', failures, limit: null } as const
  const beside = (column: 'new' | 'running') =>
    contender === undefined ? {} : { beside: { contender, column } }
  return [
    {
      ...row,
      id: `${id}-new`,
      title: `${name} → new TCP connection by the secondary`,
      samples: done.map(({ failover }) => failover.newMs),
      limit: newLimit,
      ...beside('new'),
    },
    {
      ...row,
      id: `${id}-running`,
      title: `${name} → running stream by the secondary`,
      samples: done.map(({ failover }) => failover.runningMs),
      limit: runningLimit,
      ...beside('running'),
    },
    {
      ...row,
      id: `${id}-failback`,
      title: `${name}, mended: packets and connections lost at failback`,
      unit: 'count',
      samples: done.map(({ lostAtFailback }) => lostAtFailback.running + lostAtFailback.new),
      limit: { worst: 0 },
    },
    {
      ...row,
      id: `${id}-late`,
      title: `${name}: new connections that stood more than 0.5 s late`,
      unit: 'count',
      samples: done.map(({ waited }) => waited.late),
    },
    {
      ...row,
      id: `${id}-failed`,
      title: `${name}: new connections that came to nothing`,
      unit: 'count',
      samples: done.map(({ waited }) => waited.failed),
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
