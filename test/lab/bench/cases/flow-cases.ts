/**
 * Running TCP connections at a failover: how long after the flip a client works again that connects
 * anew as soon as it is told, with our cutting of flows and by the flip alone; and a call's gap.
 */

import { mendLine } from '../../house/break-line.ts'
import { House } from '../../house/house.ts'
import type { EchoStream } from '../../measure/echo-stream.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import { TcpClient } from '../../measure/tcp-client.ts'
import { type Topology, target } from '../../network/plan.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { measureBlocks, type Runs } from '../blocks.ts'
import { assertDefaultTable } from '../instruments/default-table.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import type { CaseResult, Row } from '../result/row.ts'

interface FlowCase {
  readonly id: string
  readonly name: string
  readonly topology: Topology
  /** The gateways pass no TCP of which they have not seen the beginning. */
  readonly strict: boolean
}

interface FlowRun {
  readonly sendingMs: number
  readonly receivingMs: number
  /** Between two answers of a call, the outage and its detection included. */
  readonly callGapMs: number
}

const eventDeadlineMs = 30_000
const againDeadlineMs = 10_000
/** How long a hand needs to flip where the daemon doesn't. */
const handFlipAfterMs = 1_000
/** Without cutting a run waits out its deadline; more of them would tell nothing more. */
const mostUncutRuns = 2

const flowCases: readonly FlowCase[] = (
  [
    { id: 'lan', name: 'untranslated', topology: 'one-subnet' },
    { id: 'nat', name: 'translated', topology: 'two-interfaces' },
  ] as const
).flatMap((house) => [
  { ...house, strict: false },
  { ...house, id: `${house.id}-strict`, name: `${house.name}, strict gateways`, strict: true },
])

export async function measureFlows(settings: BenchSettings): Promise<CaseResult> {
  const results: CaseResult[] = []
  for (const wanted of flowCases) {
    // Four houses, with two kinds of client each: together they are enough.
    const cutRuns = Math.ceil(settings.fewRuns / 2)
    const cut = await measureRuns(wanted, { ...settings, runs: cutRuns }, measureCut)
    const runs = Math.min(cutRuns, mostUncutRuns)
    const uncut = await measureRuns(wanted, { ...settings, runs }, measureUncut)
    results.push({ rows: rowsOf(wanted, cut, uncut), runs: [{ cut: cut.done, uncut: uncut.done }] })
  }
  return {
    rows: results.flatMap(({ rows }) => rows),
    runs: results.flatMap(({ runs }) => runs),
  }
}

type Measure = (house: House, run: number) => Promise<FlowRun>

async function measureRuns(
  { id, topology, strict }: FlowCase,
  settings: BenchSettings,
  measure: Measure,
): Promise<Runs<FlowRun>> {
  const name = `flows-${id}${measure === measureUncut ? ' by the flip alone' : ''}`
  const measurement = { name, open: () => openHouse(topology, strict), measure, describe }
  if (measure !== measureUncut) return measureBlocks(measurement, settings)
  // By the flip alone there is no daemon left after a run.
  const single = Array.from({ length: settings.runs }, (_, first) => ({ first, count: 1 }))
  return measureBlocks(measurement, settings, single)
}

async function openHouse(topology: Topology, strict: boolean): Promise<House> {
  const house = await House.open({ topology })
  if (strict) await house.lab.makeStrict()
  return house
}

async function measureCut(house: House, run: number): Promise<FlowRun> {
  const { lab } = house
  await assertDefaultTable(lab.host, '100')
  const clients = await startClients(house)
  await pause(phaseMs(run))
  const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  const measured = await workingAgain(clients, beforeMs)
  await assertDefaultTable(lab.host, '101')
  await stopClients(clients)
  await mendLine(house, 1)
  await house.waitUntilUp()
  return measured
}

/** The same rules and nothing that cuts; the daemon is dead, or it would put that back. */
async function measureUncut(house: House, run: number): Promise<FlowRun> {
  const { lab } = house
  await assertDefaultTable(lab.host, '100')
  const clients = await startClients(house)
  await house.daemon.end('SIGKILL')
  for (const name of ['cut_forwarded', 'cut_own']) {
    await lab.host.run('nft', 'flush', 'chain', 'inet', 'wan_failover', name)
  }
  await pause(phaseMs(run))
  const { beforeMs } = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await pause(handFlipAfterMs)
  await lab.host.ip([
    'rule add priority 10900 lookup 101 protocol 201',
    'rule delete priority 10900 lookup 100 protocol 201',
  ])
  const measured = await workingAgain(clients, beforeMs)
  await stopClients(clients)
  // It takes away what the first one left, when the house is closed.
  house.startAgain()
  await house.daemon.waitForLine(/found the rules of an earlier run/, { deadlineMs: 10_000 })
  return measured
}

interface Clients {
  readonly sending: TcpClient
  readonly receiving: TcpClient
  readonly call: EchoStream
  readonly watch: EchoStream
}

async function startClients({ lab }: House): Promise<Clients> {
  return {
    sending: await TcpClient.start(lab.client(1), { target, kind: 'sending' }),
    receiving: await TcpClient.start(lab.client(2), { target, kind: 'receiving' }),
    call: await lab.client(2).startStream({ everyMs: 20 }),
    watch: await lab.client(1).startStream({ everyMs: 5, newFlows: true }),
  }
}

async function stopClients(clients: Clients): Promise<void> {
  await Promise.all(Object.values(clients).map((client) => client.stop()))
}

/** The clock starts with the last packet that still went the old way, so it never flatters. */
async function workingAgain(clients: Clients, faultMs: number): Promise<FlowRun> {
  const { sending, receiving, call, watch } = clients
  const first = await watch.waitForWan(2, { afterMs: faultMs, deadlineMs: eventDeadlineMs })
  const lost = watch.between(faultMs, first.sentMs)
  const flipMs = lost.at(-1)?.sentMs ?? faultMs
  const [sendingMs, receivingMs] = await Promise.all(
    [sending, receiving].map((client) => againAfter(client, faultMs, flipMs)),
  )
  const back = await call.waitForWan(2, { afterMs: faultMs, deadlineMs: againDeadlineMs })
  return {
    sendingMs: sendingMs ?? againDeadlineMs,
    receivingMs: receivingMs ?? againDeadlineMs,
    callGapMs: call.longestGapMs(faultMs, back.answer.atMs + 1),
  }
}

/** Data of a new connection; where none comes the deadline stands for "not at all". */
async function againAfter(client: TcpClient, faultMs: number, flipMs: number): Promise<number> {
  const deadlineMs = Math.max(0, flipMs + againDeadlineMs - monotonicMs())
  try {
    const broken = await client.waitForBreak({ afterMs: faultMs, deadlineMs })
    const data = await client.waitForData({ afterMs: broken.atMs, deadlineMs })
    return Math.min(againDeadlineMs, data.atMs - flipMs)
  } catch {
    return againDeadlineMs
  }
}

function describe({ sendingMs, receivingMs, callGapMs }: FlowRun): string {
  const [sending, receiving, gap] = [sendingMs, receivingMs, callGapMs].map(Math.round)
  return `sending again after ${sending} ms, receiving ${receiving} ms; the call's gap ${gap} ms`
}

function rowsOf(wanted: FlowCase, cut: Runs<FlowRun>, uncut: Runs<FlowRun>): Row[] {
  const { id, name } = wanted
  const kinds = [
    { kind: 'sending', title: 'TCP client that sends', of: (run: FlowRun) => run.sendingMs },
    { kind: 'receiving', title: 'TCP client that receives', of: (run: FlowRun) => run.receivingMs },
  ] as const
  return [
    ...kinds.map(({ kind, title, of }) => ({
      id: `flows-${id}-${kind}`,
      title: `${title}, ${name}: works again after the flip`,
      unit: 'ms' as const,
      samples: cut.done.map(of),
      failures: cut.failures,
      limit: { median: 300 },
    })),
    ...kinds.map(({ kind, title, of }) => ({
      id: `flows-${id}-${kind}-uncut`,
      title: `${title}, ${name}: the same by the flip alone (10 s: not at all)`,
      unit: 'ms' as const,
      samples: uncut.done.map(of),
      failures: uncut.failures,
      limit: null,
    })),
    {
      id: `flows-${id}-call`,
      title: `UDP call, ${name}, 50 packets/s: gap from the fault on, detection included`,
      unit: 'ms',
      samples: cut.done.map(({ callGapMs }) => callGapMs),
      failures: cut.failures,
      limit: null,
    },
  ]
}
