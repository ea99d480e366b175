/**
 * Sees to it that the flows of a WAN that was left begin anew: what is not TCP is forgotten, TCP
 * clients are poked, now and twice again for what slipped through while the rules changed. The
 * resets themselves are nft's, see `network/nft/chains/flow-chains.ts`.
 */
import type { LeftWan } from '../decision/left-wans.ts'
import type { Kernel } from '../kernel/port.ts'
import type { Family } from '../model/address.ts'
import type { Log } from '../model/log.ts'
import { wanMark } from '../model/marks.ts'
import type { Settings } from '../model/settings.ts'
import { flowSets } from '../network/nft/chains/flow-chains.ts'
import type { FlowWishes } from '../network/wanted.ts'
import type { Prober } from '../probe/port.ts'
import type { WanBoard } from './wan-board.ts'

export interface FlowCutterParts {
  readonly settings: Settings
  readonly kernel: Kernel
  readonly prober: Prober
  readonly log: Log
  readonly board: Pick<WanBoard, 'uplinks'>
}

export class FlowCutter {
  readonly #parts: FlowCutterParts
  /** By departure, how often its flows were seen to. */
  readonly #passes = new Map<string, number>()
  /** Passes follow each other, never two at once. */
  #underWay: Promise<void> = Promise.resolve()
  #finished = false

  constructor(parts: FlowCutterParts) {
    this.#parts = parts
  }

  /** When to call again; infinite while nothing is due. */
  wakeAtMs(left: readonly LeftWan[]): number {
    return Math.min(...left.map((one) => this.#dueMs(one)))
  }

  /**
   * Begins what is due, only for moves whose rules stand, and doesn't wait for it: listing ten
   * thousand connections must not keep the next failover waiting.
   */
  cut(left: readonly LeftWan[], wishes: FlowWishes, nowMs: number): void {
    const departures = departuresOf(left)
    for (const key of this.#passes.keys()) if (!departures.has(key)) this.#passes.delete(key)
    for (const [key, departure] of departures) {
      if (nowMs < this.#dueMs(departure)) continue
      const passes = this.#passes.get(key) ?? 0
      this.#passes.set(key, passes + 1)
      this.afterwards(`resetting the connections of ${departure.wan}`, () =>
        this.#pass(departure, wishes, passes === 0),
      )
    }
  }

  /** Does more work on flows when what is under way is done; `what` names it where it fails. */
  afterwards(what: string, work: () => Promise<void>): void {
    const before = this.#underWay
    this.#underWay = before.then(() => this.#attempt(what, work))
  }

  /** Resolves when nothing is under way any more; nothing begins after it. */
  async finish(): Promise<void> {
    this.#finished = true
    await this.#underWay
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    if (this.#finished) return
    try {
      await work()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#parts.log.error(`${what} failed: ${why}`)
    }
  }

  /** Clients that wait for an answer come first: what is not TCP tries again by itself. */
  async #pass(departure: Departure, wishes: FlowWishes, first: boolean): Promise<void> {
    const { settings, kernel, prober, log, board } = this.#parts
    const { wan } = departure
    const index = settings.wans.findIndex(({ name }) => name === wan)
    const mark = wanMark(index)
    const { uplinks } = board
    const uplink = uplinks[index]
    if (uplink === undefined) return
    const families = departure.families.filter(
      (family) => settings.wans[index]?.ways[family].kind !== 'none',
    )
    const sets = flowSets(wan, { settings, uplinks, flows: wishes })
    const flows = await kernel.tcpFlows({ mark, families, sets })
    if (flows.length > 0) {
      const poked = await prober.poke(flows)
      const again = first ? '' : ' left over'
      log.info(`resetting ${poked} TCP connections of ${wan}${again}, so that programs reconnect`)
    }
    if (!first) return
    await kernel.forgetFlows({ mark, families, asked: !uplink.sharesLink })
  }

  #dueMs(one: Pick<LeftWan, 'wan' | 'sinceMs'>): number {
    const afterMs = passesAfterMs[this.#passes.get(keyOf(one)) ?? 0]
    return afterMs === undefined ? Number.POSITIVE_INFINITY : one.sinceMs + afterMs
  }
}

/** Families that have left a WAN at the same moment are seen to in one go. */
interface Departure extends Pick<LeftWan, 'wan' | 'sinceMs'> {
  readonly families: readonly Family[]
}

function departuresOf(left: readonly LeftWan[]): ReadonlyMap<string, Departure> {
  const departures = new Map<string, Departure>()
  for (const { wan, sinceMs, family } of left) {
    const key = keyOf({ wan, sinceMs })
    const families = departures.get(key)?.families ?? []
    departures.set(key, { wan, sinceMs, families: [...families, family] })
  }
  return departures
}

function keyOf({ wan, sinceMs }: Pick<LeftWan, 'wan' | 'sinceMs'>): string {
  return `${wan} since ${sinceMs}`
}

const passesAfterMs = [0, 2_000, 5_000]
