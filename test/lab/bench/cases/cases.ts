/** The cases in the order in which they run, and the limits that each must keep. */
import type { BenchSettings } from '../bench-settings.ts'
import { blocksOf, joinRuns, measureBlock, type Runs } from '../blocks.ts'
import type { Arrival } from '../instruments/client-streams.ts'
import type { Peer } from '../peers/peer.ts'
import { peers } from '../peers/peers.ts'
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
import { measureHiccups } from './hiccup-case.ts'
import { measureLoadedFlips } from './loaded-case.ts'
import { measureLoss, measurePeerLoss } from './loss-case.ts'
import { measureMetered } from './metered-case.ts'
import { measureNames } from './names-case.ts'
import { measurePair } from './pair-case.ts'
import { measurementOf, measurePeer, rowsOf } from './peer-case.ts'
import { measurePolicies } from './policies-case.ts'
import { measureRest } from './rest-case.ts'
import { measureReturns } from './return-case.ts'
import { measureRoutes } from './route-case.ts'
import { measureSoak } from './soak-case.ts'
import { measureSwitches } from './switch-case.ts'
import { measureThroughput } from './throughput-case.ts'
import { measureTunnel } from './tunnel-case.ts'
import { measureTunnelSpeed } from './tunnel-speed-case.ts'
import { measureWeather } from './weather-case.ts'

type Case = (settings: BenchSettings) => Promise<CaseResult>

/** As whom the daemon stands in the table of peers. */
const daemonName = 'WAN Failover, default options'
const quickDaemonName = 'WAN Failover, `interval: 0.2`'

const silent: FailoverCase = {
  id: 'silent',
  name: 'upstream silent',
  topology: 'one-subnet',
  fault: 'upstream-silent',
  newLimit: { median: 450, worst: 700 },
  runningLimit: { median: 900, worst: 1200 },
  contender: daemonName,
}

const quickOptions = { probe: { interval: 0.2 } }

const quick: FailoverCase = {
  ...silent,
  id: 'silent-quick',
  name: 'upstream silent, `interval: 0.2`',
  options: quickOptions,
  newLimit: { median: 300 },
  runningLimit: null,
  contender: quickDaemonName,
}

const dead: FailoverCase = {
  id: 'dead',
  name: 'gateway dead',
  topology: 'one-subnet',
  fault: 'gateway-dead',
  newLimit: { median: 400 },
  runningLimit: { median: 1000 },
}

const cut: FailoverCase = {
  id: 'cut',
  name: 'carrier cut, two interfaces',
  topology: 'two-interfaces',
  fault: 'carrier-cut',
  newLimit: { median: 150 },
  runningLimit: { median: 150 },
}

const quickPeers = peers.filter(({ slow }) => !slow)
const slowPeers = peers.filter(({ slow }) => slow)

/** One after the other, each with the machine to itself. */
export const cases: Readonly<Record<string, Case>> = {
  silent: measureSilentBesidePeers,
  'silent-quick': (settings) => measureFailovers(quick, settings),
  dead: (settings) => measureFailovers(dead, settings),
  cut: (settings) => measureFailovers(cut, settings),
  return: measureReturns,
  switch: measureSwitches,
  flows: measureFlows,
  names: measureNames,
  'flip-loaded': measureLoadedFlips,
  route: measureRoutes,
  flood: measureFlood,
  rest: measureRest,
  policies: measurePolicies,
  throughput: measureThroughput,
  weather: measureWeather,
}

/** A quarter of an hour, little to do, no figure of milliseconds: they run all at once. */
export const patientCases: Readonly<Record<string, Case>> = {
  hiccups: measureHiccups,
  loss: (settings) => measureLoss(daemonName, {}, settings),
  'loss-quick': (settings) => measureLoss(quickDaemonName, quickOptions, settings),
  'metered-standby': measureMetered,
  ...Object.fromEntries(slowPeers.map((peer) => [peer.id, alone(peer)])),
  ...Object.fromEntries(
    peers.map((peer): [string, Case] => [
      `loss-${peer.id}`,
      (settings) => measurePeerLoss(peer, settings),
    ]),
  ),
}

/** Only where they are asked for: the soak would take longer than all the others together. */
const furtherCases: Readonly<Record<string, Case>> = {
  soak: measureSoak,
  pair: measurePair,
  tunnel: measureTunnel,
  'tunnel-speed': measureTunnelSpeed,
  ...Object.fromEntries(quickPeers.map((peer) => [peer.id, alone(peer)])),
}

export const allCases: Readonly<Record<string, Case>> = {
  ...cases,
  ...patientCases,
  ...furtherCases,
}

function alone(peer: Peer): Case {
  return (settings) => measurePeer(peer, settings)
}

/** Daemon and peers take turns, so that a machine's slow minutes are shared by all. */
async function measureSilentBesidePeers(settings: BenchSettings): Promise<CaseResult> {
  const ours: Runs<FailoverRun>[] = []
  const theirs = new Map<Peer, Runs<Arrival>[]>(quickPeers.map((peer) => [peer, []]))
  for (const block of blocksOf(settings.runs)) {
    ours.push(await measureBlock(block, failoverMeasurement(silent), settings))
    if (block.first >= settings.fewRuns) continue
    const count = Math.min(block.count, settings.fewRuns - block.first)
    for (const [peer, runs] of theirs) {
      const few = { ...settings, runs: settings.fewRuns }
      runs.push(await measureBlock({ ...block, count }, measurementOf(peer), few))
    }
  }
  const own = joinRuns(ours)
  const joined = [...theirs].map(([peer, runs]) => [peer, joinRuns(runs)] as const)
  return {
    rows: [...failoverRows(silent, own), ...joined.flatMap(([peer, runs]) => rowsOf(peer, runs))],
    runs: [
      { daemon: own.done, ...Object.fromEntries(joined.map(([{ id }, { done }]) => [id, done])) },
    ],
  }
}
