/** A Docker-like bridge comes: its route in `main` must stand in both tables, and go from both. */
import { House } from '../../house/house.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlocks } from '../blocks.ts'
import { pause, phaseMs } from '../instruments/pause.ts'
import { RouteWatch } from '../instruments/route-watch.ts'
import type { CaseResult } from '../result/row.ts'

interface RouteRun {
  readonly addedMs: number
  readonly deletedMs: number
}

const tables = ['100', '101']

export async function measureRoutes(settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<House, RouteRun> = {
    name: 'route',
    open: () => House.open({ topology: 'one-subnet' }),
    measure: measureRoute,
    describe: ({ addedMs, deletedMs }) =>
      `added ${addedMs.toFixed(1)} ms, deleted ${deletedMs.toFixed(1)} ms`,
  }
  const { done, failures } = await measureBlocks(measurement, settings)
  const row = { unit: 'ms', failures, limit: { worst: 100 } } as const
  return {
    rows: [
      {
        ...row,
        id: 'route',
        title: 'bridge made → its route in both tables',
        samples: done.map(({ addedMs }) => addedMs),
      },
      {
        ...row,
        id: 'route-gone',
        title: 'route deleted from main → gone from both tables',
        samples: done.map(({ deletedMs }) => deletedMs),
      },
    ],
    runs: done,
  }
}

async function measureRoute({ lab: { host } }: House, run: number): Promise<RouteRun> {
  await using watch = await RouteWatch.start(host)
  const bridge = `br-bench${run}`
  const network = `172.31.${run % 256}`
  const route = { destination: `${network}.0/24`, tables }
  await pause(phaseMs(run))

  // As Docker makes one: link, address and up in one go, so the clock runs for all three.
  const beforeMs = monotonicMs()
  await host.ip([
    `link add ${bridge} type bridge`,
    `address add ${network}.1/24 dev ${bridge}`,
    `link set ${bridge} up`,
  ])
  const addedMs = (await watch.changedInAll('added', route, beforeMs)) - beforeMs
  await assertTables(host, route.destination, ['main', ...tables])

  await pause(phaseMs(run))
  // The route alone: with its link or address the kernel itself takes it from every table.
  const beforeDeletionMs = monotonicMs()
  await host.ip([`route delete ${route.destination} dev ${bridge} table main`])
  const deletedAtMs = await watch.changedInAll('deleted', route, beforeDeletionMs)
  await assertTables(host, route.destination, [])
  await host.ip([`link delete ${bridge}`])
  return { addedMs, deletedMs: deletedAtMs - beforeDeletionMs }
}

async function assertTables(
  host: House['lab']['host'],
  destination: string,
  wanted: readonly string[],
): Promise<void> {
  const text = await host.run('ip', '-4', '-j', 'route', 'show', destination, 'table', 'all')
  const found = (JSON.parse(text) as { table?: string }[]).map(({ table = 'main' }) => table)
  if (found.toSorted().join() === wanted.toSorted().join()) return
  throw new Error(`${destination} stands in [${found.join()}], not in [${wanted.join()}]`)
}
