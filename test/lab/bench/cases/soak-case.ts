/**
 * Whether what the daemon holds stays where it is while its lines fail, one fault after the other,
 * a client has traffic and somebody has the page open.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FaultKind } from '../../faults/fault.ts'
import { House } from '../../house/house.ts'
import { pageOf } from '../../house/page-of.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import { PageReader } from '../../measure/page-reader.ts'
import type { BenchSettings } from '../bench-settings.ts'
import type { Holdings } from '../instruments/holdings-reporter.ts'
import { pause } from '../instruments/pause.ts'
import { costOfTree } from '../instruments/process-tree.ts'
import type { CaseResult, Row } from '../result/row.ts'
import { floorRise, trendOf } from '../result/trend.ts'

/** Each for so long, and after it as long a peace: the line is down, and then up again. */
const phaseMs = 4_000
const kinds: readonly FaultKind[] = [
  { kind: 'upstream-silent' },
  { kind: 'gateway-dead' },
  { kind: 'upstream-unreachable' },
  { kind: 'loss', percent: 40, direction: 'both' },
  { kind: 'carrier-cut' },
  { kind: 'dns-dead' },
  { kind: 'slow', delayMs: 300, jitterMs: 100 },
  { kind: 'tcp-dead' },
]
/** Each kind of fault has been seen on both lines by then. */
const settleMs = 2 * kinds.length * 2 * phaseMs
/** Below the creep of 10 MB in ten minutes that this case was made for. */
const mostRiseMb = 3
/** A quarter may lack the one moment at which fewest are open; what leaks by fault adds dozens. */
const mostRiseCount = 2
const reporter = fileURLToPath(new URL('../instruments/holdings-reporter.ts', import.meta.url))

interface Look {
  readonly atMs: number
  readonly rssMb: number
  readonly heapMb: number
  readonly files: number
  readonly handles: number
  readonly listeners: number
  readonly delayMs: number
  readonly faults: number
  readonly events: number
}

export async function measureSoak({ soakMs, progress }: BenchSettings): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-soak-'))
  const report = join(folder, 'holdings.json')
  const environment = { NODE_OPTIONS: `--import=${reporter}`, HOLDINGS_REPORT: report }
  try {
    await using house = await House.open({
      topology: 'two-interfaces',
      circumstances: { environment },
    })
    const reader = await PageReader.open(await pageOf(house.folder))
    const stream = await house.lab.client(1).startStream({ everyMs: 20 })
    const looks = await soak(house, { report, soakMs, progress })
    await Promise.all([reader.close(), stream.stop()])
    assertFaulty(looks)
    return { rows: soakRows(looks), runs: looks }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Soak extends Pick<BenchSettings, 'soakMs' | 'progress'> {
  readonly report: string
}

/** One look at the end of each fault and of each peace. */
async function soak(house: House, { report, soakMs, progress }: Soak): Promise<Look[]> {
  const looks: Look[] = []
  const sinceMs = monotonicMs() + Math.min(settleMs, soakMs / 4)
  for (let faults = 0; monotonicMs() < sinceMs + soakMs; faults += 1) {
    // Both lines have each kind in turn.
    const kind = kinds[Math.floor(faults / 2) % kinds.length]
    if (kind === undefined) throw new RangeError(`no kind of fault ${faults}`)
    const wan = faults % 2 === 0 ? 1 : 2
    await house.lab.fault({ wan, ...kind })
    await pause(phaseMs)
    if (monotonicMs() >= sinceMs) looks.push(look(house, report, faults))
    await house.lab.repair(wan)
    await pause(phaseMs)
    if (monotonicMs() >= sinceMs) looks.push(look(house, report, faults))
    const last = looks.at(-1)
    if (faults % 8 === 0 && last !== undefined) progress(describe(last, sinceMs))
  }
  return looks
}

function look({ daemon, mqtt }: House, report: string, faults: number): Look {
  const { heapUsed, ...counts } = JSON.parse(readFileSync(report, 'utf8')) as Holdings
  return {
    atMs: monotonicMs(),
    rssMb: costOfTree(daemon.pid).mainRssMb,
    heapMb: heapUsed / 1024 / 1024,
    ...counts,
    faults,
    events: mqtt.events.length,
  }
}

/** Throws if the daemon hardly noticed, for then nothing was tried. */
function assertFaulty(looks: readonly Look[]): void {
  const [first, last] = [looks[0], looks.at(-1)]
  if (first === undefined || last === undefined) throw new Error('too short for a look')
  const [faults, events] = [last.faults - first.faults, last.events - first.events]
  if (events < faults) throw new Error(`only ${events} events of ${faults} faults`)
}

function describe(look: Look, sinceMs: number): string {
  const { atMs, rssMb, heapMb, files, handles, listeners, faults, events } = look
  const seconds = ((atMs - sinceMs) / 1000).toFixed(0)
  const memory = `${rssMb.toFixed(1)} MB, heap ${heapMb.toFixed(1)} MB`
  const counts = `${files} files, ${handles} handles, ${listeners} listeners`
  return `soak: ${seconds} s, ${memory}, ${counts}, ${faults} faults, ${events} events`
}

function soakRows(looks: readonly Look[]): Row[] {
  return [
    ...trendRows('soak-rss', 'RSS', (look) => look.rssMb, looks),
    ...trendRows('soak-heap', 'heap in use', (look) => look.heapMb, looks),
    floorRow('soak-files', 'open files and sockets', (look) => look.files, looks),
    floorRow('soak-handles', 'handles and timers', (look) => look.handles, looks),
    floorRow('soak-listeners', 'most listeners on one event', (look) => look.listeners, looks),
    {
      id: 'soak-delay',
      title: 'constant faults: event loop late, 99 of a hundred times at most',
      unit: 'ms',
      samples: looks.slice(-1).map((look) => look.delayMs),
      failures: [],
      limit: { worst: 20 },
    },
  ]
}

function trendRows(
  id: string,
  what: string,
  of: (look: Look) => number,
  looks: readonly Look[],
): Row[] {
  const memory = { unit: 'MB', failures: [] } as const
  const values = looks.map((look) => ({ atMs: look.atMs, value: of(look) }))
  const trend = trendOf(values)
  const title = `constant faults: ${what}`
  const shown = trend === null ? [] : [trend.last - trend.first]
  // Compilers are done by then, and the lists that have a limit are full.
  const later = trendOf(values.slice(Math.floor(values.length / 2)))
  const slope = later === null ? [] : [later.perHour]
  return [
    { ...memory, id, title, samples: looks.map(of), limit: null },
    {
      ...memory,
      id: `${id}-rise`,
      title: `${title}, last quarter's median less the first's`,
      samples: shown,
      limit: { worst: mostRiseMb },
    },
    {
      ...memory,
      id: `${id}-slope`,
      title: `${title}, slope an hour in the second half`,
      samples: slope,
      limit: null,
    },
  ]
}

function floorRow(
  id: string,
  what: string,
  of: (look: Look) => number,
  looks: readonly Look[],
): Row {
  const rise = floorRise(looks.map((look) => ({ atMs: look.atMs, value: of(look) })))
  return {
    id: `${id}-rise`,
    title: `constant faults: ${what}, last quarter's fewest less the first's`,
    unit: 'count',
    samples: rise === null ? [] : [rise],
    failures: [],
    limit: { worst: mostRiseCount },
  }
}
