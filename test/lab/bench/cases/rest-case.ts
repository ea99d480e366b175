/**
 * What the daemon costs while nothing happens: two WANs, three targets, default methods, MQTT, the
 * page with its history, and policies.
 */
import { House } from '../../house/house.ts'
import { monotonicMs } from '../../measure/monotonic.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { pause } from '../instruments/pause.ts'
import { costOfTree, type TreeCost } from '../instruments/process-tree.ts'
import type { CaseResult, Row } from '../result/row.ts'

/** Shorter ones would be coarse: /proc counts in 10 ms, which is 0.2 % of this. */
const windowMs = 5000
/** The start's own work is over by then. */
const settleMs = 10_000

const policies = [
  { name: 'tv', from: ['192.168.0.101'], use: ['secondary', 'primary'] },
  { name: 'work', from: ['all'], to: ['198.51.100.0/24'], use: ['primary'] },
]

interface Window {
  readonly cpuPercent: number
  readonly mainRssMb: number
  readonly sumRssMb: number
  readonly sumPssMb: number
  readonly processes: readonly string[]
}

export async function measureRest({ restMs, progress }: BenchSettings): Promise<CaseResult> {
  await using house = await House.open({ topology: 'one-subnet', options: { policies } })
  await pause(settleMs)
  const quietFromMs = monotonicMs()
  const windows: Window[] = []
  let before = look(house)
  while (windows.length < restMs / windowMs) {
    await pause(windowMs)
    const now = look(house)
    windows.push({
      cpuPercent: ((now.cpuMs - before.cpuMs) / (now.atMs - before.atMs)) * 100,
      mainRssMb: now.mainRssMb,
      sumRssMb: now.sumRssMb,
      sumPssMb: now.sumPssMb,
      processes: now.processes,
    })
    before = now
    progress(`rest: ${windows.at(-1)?.cpuPercent.toFixed(2)} %, ${now.mainRssMb.toFixed(1)} MB`)
  }
  assertRest(house, quietFromMs)
  return { rows: restRows(windows), runs: windows }
}

function look(house: House): TreeCost & { readonly atMs: number } {
  return { ...costOfTree(house.daemon.pid), atMs: monotonicMs() }
}

/** Throws if something happened, for then it wasn't rest. */
function assertRest({ mqtt }: House, fromMs: number): void {
  const event = mqtt.events.find(({ seenMs }) => seenMs >= fromMs)
  if (event !== undefined) throw new Error(`no rest: ${event.event_type}, ${event.reason}`)
}

function restRows(windows: readonly Window[]): Row[] {
  const memory = { unit: 'MB', failures: [] } as const
  return [
    {
      id: 'rest-cpu',
      title: 'at rest: CPU of one core, child processes included',
      unit: '%',
      samples: windows.map(({ cpuPercent }) => cpuPercent),
      failures: [],
      limit: { median: 1 },
    },
    {
      ...memory,
      id: 'rest-rss',
      title: 'at rest: RSS of the daemon',
      samples: windows.map(({ mainRssMb }) => mainRssMb),
      limit: { worst: 100 },
    },
    {
      ...memory,
      id: 'rest-rss-sum',
      title: 'at rest: RSS of it and its child processes, summed',
      samples: windows.map(({ sumRssMb }) => sumRssMb),
      limit: { worst: 110 },
    },
    {
      ...memory,
      id: 'rest-pss-sum',
      title: 'at rest: PSS of it and its child processes, shared pages counted once',
      samples: windows.map(({ sumPssMb }) => sumPssMb),
      limit: null,
    },
  ]
}
