/**
 * What our part in a tunnel costs in speed: TCP from the house to the Internet, by turns with all our
 * nft tables and by the same WireGuard without them. The daemon is killed before, or it would put back
 * what is taken away.
 */
import { helloLifeMs } from '../../../../src/model/tunnel/hello.ts'
import { ServerLab, strangerAddress } from '../../../server/lab/server-lab.ts'
import { BothHouse } from '../../house/both-house.ts'
import type { LabNode } from '../../network/node.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type Measurement, measureBlock } from '../blocks.ts'
import { mbit, startSink, type Transfer, transfer } from '../instruments/bulk-transfer.ts'
import type { CaseResult, Limit } from '../result/row.ts'

/**
 * What stands in the house's nft: all of ours; no more than what copies packets to the second line; no
 * more than a translation, as Docker has it on every Home Assistant; nothing, so no connection is tracked.
 */
type Standing = 'ours' | 'copies' | 'translation' | 'nothing'

/** By what stood. */
type SpeedRun = Partial<Record<Standing, number>>

interface Road {
  readonly id: string
  readonly mode: 'roaming' | 'both'
  /** Of each line; null: as fast as the machine encrypts. */
  readonly mbitPerSecond: number | null
  /** Even; on two lines all within the half minute for which the server sends to both. */
  readonly turns: number
  readonly rows: readonly Comparison[]
}

interface Comparison {
  readonly id: string
  readonly title: string
  readonly slower: Standing
  readonly than: Standing
  readonly limit: Limit | null
}

const roads: readonly Road[] = [
  {
    ...{ id: 'roaming', mode: 'roaming', mbitPerSecond: null, turns: 10 },
    rows: [
      {
        ...{ id: '', slower: 'ours', than: 'translation', limit: { median: 5 } },
        title: 'a tunnel: slower than the same WireGuard without us, beside Docker',
      },
      {
        ...{ id: '-untracked', slower: 'ours', than: 'nothing', limit: null },
        title: 'a tunnel: slower than the same WireGuard without us, on a host without any nft',
      },
    ],
  },
  {
    ...{ id: 'both', mode: 'both', mbitPerSecond: null, turns: 4 },
    rows: [
      {
        ...{ id: '', slower: 'ours', than: 'translation', limit: { median: 35 } },
        title: 'a tunnel on two lines: slower than the same WireGuard on one, beside Docker',
      },
      {
        ...{ id: '-copies', slower: 'copies', than: 'translation', limit: null },
        title: 'a tunnel on two lines: by the copies alone',
      },
    ],
  },
  {
    ...{ id: 'both-50', mode: 'both', mbitPerSecond: 50, turns: 4 },
    rows: [
      {
        ...{ id: '', slower: 'ours', than: 'nothing', limit: { median: 5 } },
        title: 'a tunnel on two lines of 50 Mbit/s: slower than on one of them',
      },
    ],
  },
]

export async function measureTunnelSpeed(settings: BenchSettings): Promise<CaseResult> {
  const results: CaseResult[] = []
  for (const road of roads)
    results.push(await measureRoad(road, { ...settings, runs: settings.fewRuns }))
  return {
    rows: results.flatMap(({ rows }) => rows),
    runs: results.flatMap(({ runs }) => runs),
  }
}

/** Each run has a house of its own: a run leaves none that works. */
async function measureRoad(road: Road, settings: BenchSettings): Promise<CaseResult> {
  const measurement: Measurement<TunnelRoad, SpeedRun> = {
    name: `tunnel speed, ${road.id}`,
    open: () => TunnelRoad.open(road),
    measure: (opened) => opened.measure(),
    describe: (run) =>
      Object.entries(run)
        .map(([standing, bytesPerSecond]) => `${standing} ${mbit(bytesPerSecond)}`)
        .join(', '),
  }
  const done: SpeedRun[] = []
  const failures: string[] = []
  for (let run = 0; run < settings.runs; run += 1) {
    const measured = await measureBlock({ first: run, count: 1 }, measurement, settings)
    done.push(...measured.done)
    failures.push(...measured.failures)
  }
  const rows = road.rows.map(({ id, title, limit, slower, than }) => ({
    ...{ id: `tunnel-speed-${road.id}${id}`, title, unit: '%' as const, failures, limit },
    samples: done.map((run) => 100 * (1 - bytesOf(run, slower) / bytesOf(run, than))),
  }))
  return { rows, runs: done }
}

function bytesOf(run: SpeedRun, standing: Standing): number {
  const bytesPerSecond = run[standing]
  if (bytesPerSecond === undefined) throw new Error(`${standing} was not measured`)
  return bytesPerSecond
}

class TunnelRoad {
  readonly #lab: ServerLab
  readonly #house: BothHouse
  readonly #road: Road

  private constructor(lab: ServerLab, house: BothHouse, road: Road) {
    this.#road = road
    this.#lab = lab
    this.#house = house
  }

  static async open(road: Road): Promise<TunnelRoad> {
    const { mode, mbitPerSecond } = road
    const lab = await ServerLab.open()
    try {
      const house = await BothHouse.open(lab, { tunnel: { mode } })
      const { node } = house
      for (const link of mbitPerSecond === null ? [] : ['wan1', 'wan2']) {
        const shape = `rate ${mbitPerSecond}mbit burst 32kb latency 50ms`
        await node.script(`tc qdisc add dev ${link} root tbf ${shape}`)
      }
      await startSink(lab.stranger)
      return new TunnelRoad(lab, house, road)
    } catch (error) {
      await lab[Symbol.asyncDispose]()
      throw error
    }
  }

  async measure(): Promise<SpeedRun> {
    const { node } = this.#house
    await transfer(node, way)
    const killedMs = performance.now()
    await this.#house.kill()
    const tables = await tablesOf(node)
    const { rows, mode, turns } = this.#road
    const all = [...new Set(rows.flatMap(({ slower, than }) => [slower, than]))]
    const bytes = new Map<Standing, number>()
    for (let turn = 0; turn < turns; turn += 1) {
      // What comes first in one turn comes last in the next: a machine that slows down favours neither.
      for (const standing of turn % 2 === 0 ? all : all.toReversed()) {
        if (mode === 'both') await this.#useLines(copies.has(standing) ? 2 : 1)
        await node.nft(tables[standing])
        const bytesPerSecond = await transfer(node, way)
        bytes.set(standing, (bytes.get(standing) ?? 0) + bytesPerSecond / turns)
      }
    }
    const tookMs = performance.now() - killedMs
    if (mode === 'both' && tookMs > helloLifeMs) {
      throw new Error(`${Math.round(tookMs)} ms: the server no longer sends to both lines`)
    }
    return Object.fromEntries(bytes)
  }

  /**
   * WireGuard's program sends by the line on which it was heard last. So before copies end, it is heard
   * on one line alone: it would go on by the other, which is silent then, until its next handshake.
   */
  async #useLines(count: 1 | 2): Promise<void> {
    await this.#lab.silence('home-2', count === 1)
    if (count === 1) await this.#house.node.run('ping', '-c', '1', '-W', '5', strangerAddress)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#house[Symbol.asyncDispose]()
    await this.#lab[Symbol.asyncDispose]()
  }
}

/** The scripts that make each stand, whatever stood before. */
async function tablesOf(node: LabNode): Promise<Readonly<Record<Standing, string>>> {
  const names = (await node.run('nft', 'list', 'tables')).split('\n')
  const own = names.filter((table) => table.includes('wan_failover'))
  if (own.length === 0) throw new Error(`${node.name} has no table of ours to take away`)
  const texts = await Promise.all(own.map((name) => node.script(`nft list ${name}`)))
  const clear = [...own, plainTable].map((name) => `${name} { }\ndelete ${name}\n`).join('')
  const copying = texts.filter((text) => text.startsWith('table ip '))
  const masquerade =
    'type nat hook postrouting priority srcnat; oifname { "wan1", "wan2" } masquerade'
  return {
    ours: `${clear}${texts.join('\n')}`,
    copies: `${clear}${copying.join('\n')}`,
    translation: `${clear}${plainTable} { chain c { ${masquerade}; }; }`,
    nothing: clear,
  }
}

/** One connection alone waits for its own acknowledgements, and leaves a seventh of the two cores idle. */
const way: Transfer = { target: strangerAddress, durationMs: 800, connections: 8 }
const plainTable = 'table ip plain'
/** By these packets leave by both lines. */
const copies: ReadonlySet<Standing> = new Set(['ours', 'copies'])
