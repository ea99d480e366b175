/**
 * What all our rules cost a packet that only passes: a client's TCP in packets of ordinary size,
 * with our nft table and without, in turn.
 */
import { House } from '../../house/house.ts'
import type { Lab } from '../../lab.ts'
import { type Topology, target } from '../../network/plan.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { measureBlocks } from '../blocks.ts'
import { mbit, startSink, transfer } from '../instruments/bulk-transfer.ts'
import type { CaseResult, Row } from '../result/row.ts'

interface ThroughputRun {
  readonly plainBytesPerSecond: number
  readonly fullBytesPerSecond: number
}

const way = { target, durationMs: 1_000 }

export async function measureThroughput(settings: BenchSettings): Promise<CaseResult> {
  const rows: Row[] = []
  const runs: unknown[] = []
  for (const topology of ['two-interfaces', 'one-subnet'] as const) {
    const { done, failures } = await measureBlocks(measurementOn(topology), settings)
    rows.push({
      id: `throughput-${topology}`,
      title: `forwarding slower by all rules, ${topology.replace('-', ' ')}`,
      unit: '%',
      samples: done.map(lossPercent),
      failures,
      limit: { median: 5 },
    })
    runs.push(...done)
  }
  return { rows, runs }
}

function measurementOn(topology: Topology) {
  return {
    name: `throughput, ${topology}`,
    open: () => Road.open(topology),
    measure: (road: Road) => road.measure(),
    describe: (run: ThroughputRun) =>
      `${mbit(run.plainBytesPerSecond)} plain, ${mbit(run.fullBytesPerSecond)} with all rules`,
  }
}

/** The rules as the daemon left them; the daemon itself is gone, or it would put them back. */
class Road {
  readonly #house: House
  readonly #table: string

  private constructor(house: House, table: string) {
    this.#house = house
    this.#table = table
  }

  static async open(topology: Topology): Promise<Road> {
    const house = await House.open({
      topology,
      wans: [{}, { metered: true, cap_mb: 1_000_000 }],
      options: { policies: somePolicies(), on_stop: 'keep' },
    })
    const { lab } = house
    await house.daemon.stop()
    // Without our table the host would send the client past itself, to the gateway.
    await lab.host.script('for f in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 > $f; done')
    // Real packets have 1500 bytes; between namespaces the kernel would pass 64 kB at a time.
    await lab.client(1).ip(['link set eth0 gso_max_segs 1'])
    await startSink(lab.internet)
    const table = await lab.host.run('nft', 'list', 'table', 'inet', 'wan_failover')
    return new Road(house, table)
  }

  async measure(): Promise<ThroughputRun> {
    const { lab } = this.#house
    await lab.host.nft(`delete table inet wan_failover\n${plainTranslation(lab)}`)
    const plainBytesPerSecond = await transfer(lab.client(1), way)
    await lab.host.nft(`delete table ip plain\n${this.#table}`)
    const fullBytesPerSecond = await transfer(lab.client(1), way)
    return { plainBytesPerSecond, fullBytesPerSecond }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#house.close()
  }
}

/** A plain router with two lines of its own has to translate too. */
function plainTranslation(lab: Lab): string {
  const { interface: link } = lab.wan(1)
  const rule = link === lab.plan.lan.interface ? '' : `oifname "${link}" masquerade`
  return rule === ''
    ? 'table ip plain { }'
    : `table ip plain { chain c { type nat hook postrouting priority srcnat; ${rule}; }; }`
}

function somePolicies(): object[] {
  return Array.from({ length: 100 }, (_, i) => ({
    name: `device${i}`,
    from: [`192.168.0.${i + 20}`],
    use: i % 2 === 0 ? ['primary', 'secondary'] : ['primary'],
  }))
}

function lossPercent({ plainBytesPerSecond, fullBytesPerSecond }: ThroughputRun): number {
  return 100 * (1 - fullBytesPerSecond / plainBytesPerSecond)
}
