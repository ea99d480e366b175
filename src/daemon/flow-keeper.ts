/**
 * What is to become of running flows, from one turn to the next: which stay, which WANs were just
 * left. The wishes go to nft with the rules; what has to be done besides is the cutter's.
 */
import type { Outcome } from '../decision/decide.ts'
import { keptFlows } from '../decision/kept-flows.ts'
import { abandoned, type LeftWan, leftWans, nextCheckMs, postponed } from '../decision/left-wans.ts'
import { byFamily } from '../model/address.ts'
import type { Healths } from '../model/health.ts'
import type { FlowWishes } from '../network/wanted.ts'
import { FlowCutter, type FlowCutterParts } from './flow-cutter.ts'

export interface FlowMoment {
  readonly healths: Healths
  readonly nowMs: number
  /** This kernel can mark connections. */
  readonly canMark: boolean
  /** It can list them. */
  readonly canList: boolean
}

export class FlowKeeper {
  readonly #settings: FlowCutterParts['settings']
  readonly #cutter: FlowCutter
  #left: readonly LeftWan[] = []
  #wishes: FlowWishes = { kept: byFamily(() => []), cut: byFamily(() => []), canMark: false }
  /** The rules stand as decided: only then may flows be cut. */
  #settled = false

  constructor(parts: FlowCutterParts) {
    this.#settings = parts.settings
    this.#cutter = new FlowCutter(parts)
  }

  wakeAtMs(): number {
    const cutting = this.#settled ? this.#cutter.wakeAtMs(this.#left) : Number.POSITIVE_INFINITY
    return Math.min(nextCheckMs(this.#left), cutting)
  }

  /** What nft is to do with flows after this decision. */
  wishes({ decision, moves }: Outcome, moment: FlowMoment): FlowWishes {
    const { healths, nowMs, canMark, canList } = moment
    const kept = keptFlows(this.#settings, healths, decision)
    const keptBefore = this.#wishes.kept
    this.#left = leftWans(this.#left, { moves, decision, healths, kept, nowMs, keptBefore })
    this.#wishes = { kept, cut: abandoned(this.#left, decision), canMark, canList }
    return this.#wishes
  }

  /** `settled`: what was decided stands in the kernel. */
  carriedOut(settled: boolean, nowMs: number): void {
    this.#settled = settled
    if (settled) this.#cutter.cut(this.#left, this.#wishes, nowMs)
    else this.#left = postponed(this.#left, nowMs)
  }

  /** Does more work on flows when what is under way is done; `what` names it where it fails. */
  afterwards(what: string, work: () => Promise<void>): void {
    this.#cutter.afterwards(what, work)
  }

  /** Resolves when nothing is under way any more; nothing begins after it. */
  finish(): Promise<void> {
    return this.#cutter.finish()
  }
}
