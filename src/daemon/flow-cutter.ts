/**
 * Makes the flows of a WAN that was left start again elsewhere: it forgets what is not TCP, and
 * pokes TCP clients, now and twice more for what slipped through while the rules changed. The
 * resets themselves are nft's, see `network/flow-chains.ts`.
 */
import type { LeftWan } from '../decision/left-wans.ts'
import type { Kernel } from '../kernel/port.ts'
import type { Log } from '../model/log.ts'
import { wanMark } from '../model/marks.ts'
import type { Settings } from '../model/settings.ts'
import { flowSets } from '../network/flow-chains.ts'
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
  /** How often the flows of each departure were seen to. */
  readonly #done = new Map<string, { readonly sinceMs: number; readonly passes: number }>()
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
   * Begins what is due, only for moves whose rules stand, and doesn't wait for it: who lists ten
   * thousand connections must not keep the next failover waiting.
   */
  cut(left: readonly LeftWan[], wishes: FlowWishes, nowMs: number): void {
    for (const name of this.#done.keys()) {
      if (!left.some(({ wan }) => wan === name)) this.#done.delete(name)
    }
    for (const one of left) {
      if (nowMs < this.#dueMs(one)) continue
      const passes = this.#passes(one)
      this.#done.set(one.wan, { sinceMs: one.sinceMs, passes: passes + 1 })
      this.afterwards(`resetting the connections of ${one.wan}`, () =>
        this.#pass(one.wan, wishes, passes === 0),
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

  /** Those who wait for an answer first: what is not TCP tries again by itself. */
  async #pass(wan: string, wishes: FlowWishes, first: boolean): Promise<void> {
    const { settings, kernel, prober, log, board } = this.#parts
    const index = settings.wans.findIndex(({ name }) => name === wan)
    const mark = wanMark(index)
    const { uplinks } = board
    const uplink = uplinks[index]
    if (uplink === undefined) return
    const families = uplink.gateway6 === null ? (['ipv4'] as const) : (['ipv4', 'ipv6'] as const)
    const sets = flowSets(wan, { settings, uplinks, flows: wishes })
    const flows = await kernel.tcpFlows({ mark, families, sets })
    if (flows.length > 0) {
      const poked = await prober.poke(flows)
      const again = first ? '' : ' left over'
      log.info(`resetting ${poked} TCP connections of ${wan}${again}, so that programs reconnect`)
    }
    if (!first) return
    const asked = !uplinks.some((other) => other !== uplink && other.link === uplink.link)
    await kernel.forgetFlows({ mark, families, asked })
  }

  #passes({ wan, sinceMs }: LeftWan): number {
    const done = this.#done.get(wan)
    return done?.sinceMs === sinceMs ? done.passes : 0
  }

  #dueMs(one: LeftWan): number {
    const afterMs = passesAfterMs[this.#passes(one)]
    return afterMs === undefined ? Number.POSITIVE_INFINITY : one.sinceMs + afterMs
  }
}

const passesAfterMs = [0, 2_000, 5_000]
