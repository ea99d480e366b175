/** The same house, the same fault, the same client, and a peer in place of the daemon. */

import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks, type Runs } from '../blocks.ts'
import {
  type Arrival,
  ClientStreams,
  quickPaces,
  slowPaces,
} from '../instruments/client-streams.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { Peer } from '../peers/peer.ts'
import { PeerHouse } from '../peers/peer-house.ts'
import type { CaseResult, Column, Row } from '../result/row.ts'

/** The slowest of them need some two minutes to leave a line, and as long to come back. */
const deadlineMs = 300_000

export async function measurePeer(peer: Peer, settings: BenchSettings): Promise<CaseResult> {
  const runs = peer.slow ? Math.min(settings.runs, settings.slowRuns) : settings.runs
  const measured = await measureBlocks(measurementOf(peer), { ...settings, runs })
  return { rows: rowsOf(peer, measured), runs: measured.done }
}

export function measurementOf(peer: Peer): Measurement<PeerHouse, Arrival> {
  return {
    name: peer.id,
    open: () => PeerHouse.open(peer),
    measure: (house, run) => measure(house, peer, run),
    describe: ({ newMs, runningMs }) =>
      `new ${Math.round(newMs)} ms, running ${Math.round(runningMs)} ms`,
  }
}

export function rowsOf(peer: Peer, { done, failures }: Runs<Arrival>): Row[] {
  const rowOf = (column: Column, samples: readonly number[]): Row => ({
    id: `${peer.id}-${column}`,
    title: `${peer.name}: upstream silent → ${column}`,
    unit: 'ms',
    samples,
    failures,
    limit: null,
    beside: { contender: peer.name, column },
  })
  return [
    rowOf(
      'new',
      done.map(({ newMs }) => newMs),
    ),
    rowOf(
      'running',
      done.map(({ runningMs }) => runningMs),
    ),
  ]
}

async function measure({ lab }: PeerHouse, peer: Peer, run: number): Promise<Arrival> {
  const paces = peer.slow ? slowPaces : quickPaces
  await using streams = await ClientStreams.start(lab.client(1), paces)
  await streams.assertCalmThrough(1)
  await pause((phaseMs(run) * peer.periodMs) / 1_000)

  const { beforeMs, afterMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const arrival = await streams.firstThrough(2, beforeMs, deadlineMs)
  streams.assertNothingThrough(1, afterMs, beforeMs + arrival.bothMs)

  const repair = await lab.repair(1)
  await streams.firstThrough(1, repair.beforeMs, deadlineMs)
  return arrival
}
