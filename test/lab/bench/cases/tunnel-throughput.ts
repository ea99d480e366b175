/**
 * What our part in a tunnel costs in speed: TCP from the house to the Internet, by turns as it is and
 * by the same WireGuard without our nft there. The daemon is killed before, or it would put back what
 * is taken away.
 */
import { ServerLab, strangerAddress } from '../../../server/lab/server-lab.ts'
import { BothHouse } from '../../house/both-house.ts'
import type { LabNode } from '../../network/node.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlock } from '../blocks.ts'
import type { BulkOptions } from '../instruments/bulk-agent.ts'
import type { CaseResult, Limit } from '../result/row.ts'

interface ThroughputRun {
  readonly oursBytesPerSecond: number
  readonly plainBytesPerSecond: number
}

interface Road {
  readonly id: string
  readonly mode: 'roaming' | 'both'
  /** Of each line; null: as fast as the machine encrypts. */
  readonly mbitPerSecond: number | null
  readonly title: string
  readonly limit: Limit
}

const roads: readonly Road[] = [
  {
    ...{ id: 'roaming', mode: 'roaming', mbitPerSecond: null, limit: { median: 5 } },
    title: 'a tunnel: slower than the same WireGuard without us',
  },
  {
    ...{ id: 'both', mode: 'both', mbitPerSecond: null, limit: { median: 35 } },
    title: 'a tunnel on two lines: slower than the same WireGuard on one',
  },
  {
    ...{ id: 'both-50', mode: 'both', mbitPerSecond: 50, limit: { median: 5 } },
    title: 'a tunnel on two lines of 50 Mbit/s: slower than on one of them',
  },
]

export async function measureTunnelThroughput(settings: BenchSettings): Promise<CaseResult> {
  const results: CaseResult[] = []
  for (const road of roads) results.push(await measureRoad(road, settings))
  return {
    rows: results.flatMap(({ rows }) => rows),
    runs: results.flatMap(({ runs }) => runs),
  }
}

/** Each run has a house of its own: a run leaves none that works. */
async function measureRoad(road: Road, settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<TunnelRoad, ThroughputRun> = {
    name: `tunnel throughput, ${road.id}`,
    open: () => TunnelRoad.open(road),
    measure: (opened) => opened.measure(),
    describe: (run) =>
      `${mbit(run.oursBytesPerSecond)} with us, ${mbit(run.plainBytesPerSecond)} without`,
  }
  const done: ThroughputRun[] = []
  const failures: string[] = []
  for (let run = 0; run < settings.runs; run += 1) {
    const measured = await measureBlock({ first: run, count: 1 }, measurement, settings)
    done.push(...measured.done)
    failures.push(...measured.failures)
  }
  const { id, title, limit } = road
  const samples = done.map(slowerPercent)
  return {
    rows: [{ id: `tunnel-throughput-${id}`, title, unit: '%', samples, failures, limit }],
    runs: done,
  }
}

class TunnelRoad {
  readonly #lab: ServerLab
  readonly #house: BothHouse
  readonly #mode: Road['mode']

  private constructor(lab: ServerLab, house: BothHouse, mode: Road['mode']) {
    this.#mode = mode
    this.#lab = lab
    this.#house = house
  }

  static async open({ mode, mbitPerSecond }: Road): Promise<TunnelRoad> {
    const lab = await ServerLab.open()
    try {
      const house = await BothHouse.open(lab, { tunnel: { mode } })
      const { node } = house
      for (const link of mbitPerSecond === null ? [] : ['wan1', 'wan2']) {
        const shape = `rate ${mbitPerSecond}mbit burst 32kb latency 50ms`
        await node.script(`tc qdisc add dev ${link} root tbf ${shape}`)
      }
      const sink: BulkOptions = { kind: 'sink', port }
      await lab.stranger.startProgram(program, sink)
      return new TunnelRoad(lab, house, mode)
    } catch (error) {
      await lab[Symbol.asyncDispose]()
      throw error
    }
  }

  async measure(): Promise<ThroughputRun> {
    const { node } = this.#house
    await transfer(node, turnMs)
    await this.#house.kill()
    const names = await ourTables(node)
    const tables = await Promise.all(names.map((name) => node.script(`nft list ${name}`)))
    const ours: number[] = []
    const plain: number[] = []
    // All within the half minute for which the server sends to both.
    for (let turn = 0; turn < turns; turn += 1) {
      ours.push(await transfer(node, turnMs))
      await node.nft(names.map((name) => `delete ${name}`).join('\n'))
      await this.#oneLine(true)
      plain.push(await transfer(node, turnMs))
      await node.nft(tables.join('\n'))
      await this.#oneLine(false)
    }
    return { oursBytesPerSecond: mean(ours), plainBytesPerSecond: mean(plain) }
  }

  /** WireGuard's program answers by whichever line it was heard on: without us that is one only. */
  async #oneLine(isWanted: boolean): Promise<void> {
    if (this.#mode === 'both') await this.#lab.silence('home-2', isWanted)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#house[Symbol.asyncDispose]()
    await this.#lab[Symbol.asyncDispose]()
  }
}

async function ourTables(node: LabNode): Promise<readonly string[]> {
  const tables = (await node.run('nft', 'list', 'tables')).split('\n')
  const ours = tables.filter((table) => table.includes('wan_failover'))
  if (ours.length === 0) throw new Error(`${node.name} has no table of ours to take away`)
  return ours
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length
}

async function transfer(node: LabNode, forMs: number): Promise<number> {
  const way = { port, target: strangerAddress, durationMs: forMs, connections }
  const source: BulkOptions = { kind: 'source', ...way }
  return Number(await node.run(process.execPath, program.pathname, JSON.stringify(source)))
}

function slowerPercent({ oursBytesPerSecond, plainBytesPerSecond }: ThroughputRun): number {
  return 100 * (1 - oursBytesPerSecond / plainBytesPerSecond)
}

function mbit(bytesPerSecond: number): string {
  return `${Math.round((bytesPerSecond * 8) / 1e6)} Mbit/s`
}

const program = new URL('../instruments/bulk-agent.ts', import.meta.url)
const port = 7_100
/** One alone waits for its own acknowledgements, and leaves a seventh of the two cores idle. */
const connections = 8
const turnMs = 1_000
const turns = 4
