/** The cases in the order in which they run, and the limits that each must keep. */
import type { BenchSettings } from '../bench-settings.ts'
import { blocksOf, joinRuns, measureBlock, type Runs } from '../blocks.ts'
import type { Arrival } from '../instruments/client-streams.ts'
import type { CaseResult } from '../result/row.ts'
import {
  type FailoverCase,
  type FailoverRun,
  failoverMeasurement,
  failoverRows,
  measureFailovers,
} from './failover-case.ts'
import { measureFlood } from './flood-case.ts'
import { measureFlows } from './flow-cases.ts'
import { measureLoadedFlips } from './loaded-case.ts'
import { loopMeasurement, loopRow } from './loop-case.ts'
import { measureLoss } from './loss-case.ts'
import { measureMetered } from './metered-case.ts'
import { measureNames } from './names-case.ts'
import { measurePolicies } from './policies-case.ts'
import { measureRest } from './rest-case.ts'
import { measureRoutes } from './route-case.ts'
import { measureSoak } from './soak-case.ts'
import { measureSwitches } from './switch-case.ts'
import { measureThroughput } from './throughput-case.ts'

type Case = (settings: BenchSettings) => Promise<CaseResult>

const silent: FailoverCase = {
  id: 'silent',
  name: 'upstream silent, one subnet',
  topology: 'one-subnet',
  fault: 'upstream-silent',
  limit: { median: 2000, worst: 3000 },
}

const dead: FailoverCase = {
  id: 'dead',
  name: 'gateway dead, one subnet',
  topology: 'one-subnet',
  fault: 'gateway-dead',
  limit: { median: 1000 },
}

const cut: FailoverCase = {
  id: 'cut',
  name: 'carrier cut, two interfaces',
  topology: 'two-interfaces',
  fault: 'carrier-cut',
  limit: { median: 150 },
}

export const cases: Readonly<Record<string, Case>> = {
  silent: measureSilentBesideLoop,
  dead: (settings) => measureFailovers(dead, settings),
  cut: (settings) => measureFailovers(cut, settings),
  switch: measureSwitches,
  flows: measureFlows,
  names: measureNames,
  'flip-loaded': measureLoadedFlips,
  route: measureRoutes,
  flood: measureFlood,
  rest: measureRest,
  loss: measureLoss,
  'metered-standby': measureMetered,
  policies: measurePolicies,
  throughput: measureThroughput,
  soak: measureSoak,
}

/** They would take longer than all the others together. */
export const onlyWhenAsked: readonly string[] = ['soak']

/** Daemon and loop take turns, so that a machine's slow minutes are shared by both. */
async function measureSilentBesideLoop(settings: BenchSettings): Promise<CaseResult> {
  const ours: Runs<FailoverRun>[] = []
  const loops: Runs<Arrival>[] = []
  for (const block of blocksOf(settings.runs)) {
    ours.push(await measureBlock(block, failoverMeasurement(silent), settings))
    loops.push(await measureBlock(block, loopMeasurement, settings))
  }
  const [own, loop] = [joinRuns(ours), joinRuns(loops)]
  return {
    rows: [...failoverRows(silent, own), loopRow(loop)],
    runs: [{ daemon: own.done, loop: loop.done }],
  }
}
