/**
 * Invariants 2, 6, 7 and 10 of DESIGN for what moves before any verdict: new connections avoid only a
 * WAN that has reason to be doubted, take only one that may be used and is healthy, and nobody is
 * told but by a figure.
 */
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { Move } from './decision-checks.ts'
import type { JudgedWorld, Situation } from './situation.ts'

export class SidestepChecks {
  readonly #situation: Situation<JudgedWorld>
  #countedAtMs = Number.NEGATIVE_INFINITY
  #count: number | null = null
  /** Sidesteps that were over before anybody looked, and are still to be counted. */
  #uncounted: Move | null = null

  constructor(situation: Situation<JudgedWorld>) {
    this.#situation = situation
  }

  forget(): void {
    this.#situation.aside = null
    this.#uncounted = null
    this.#count = null
  }

  published({ sidesteps }: Snapshot): void {
    if (sidesteps > (this.#count ?? 0)) {
      this.#countedAtMs = this.#situation.clock.nowMs()
      this.#uncounted = null
    }
    this.#count = sidesteps
  }

  /** The WAN that was decided on, where the rules have led to `wan`. */
  decided(wan: string): string {
    const { aside } = this.#situation
    return aside?.to === wan ? aside.from : wan
  }

  /** New connections go elsewhere, and no event has said why: is it a sidestep? */
  explains(move: Move): boolean {
    const { snapshot } = this.#situation
    const isCounted = this.#countedAtMs >= move.atMs - countedWithinMs
    if (!isCounted && snapshot?.suspect.includes(move.from) !== true) return false
    this.#situation.aside = { from: move.from, to: move.to }
    this.isAllowed(move, this.#use())
    return true
  }

  /** It was over before anybody looked. */
  passed(move: Move): void {
    if (this.#countedAtMs < move.atMs - countedWithinMs) this.#uncounted = move
    this.isAllowed(move, this.#use())
  }

  /** What was decided is what the rules say again. */
  ended(): void {
    this.#situation.aside = null
  }

  look(): void {
    this.#judgeEnd()
    const { clock, isAble } = this.#situation
    const move = this.#uncounted
    if (move === null || !isAble || clock.nowMs() - move.atMs <= countedWithinMs) return
    this.#fail(`6: new connections left ${move.from} for a moment, and nobody has counted it`)
  }

  /** What was stepped aside to is what is decided now: an event has to say so. */
  #judgeEnd(): void {
    const { aside, snapshot, isAble } = this.#situation
    if (aside === null || snapshot?.active !== aside.to) return
    if (isAble)
      this.#fail(`6: traffic moved from ${aside.from} to ${aside.to} and no event says why`)
    this.ended()
  }

  /** `use` are the WANs that whoever steps aside may use. */
  isAllowed({ from, to, atMs }: Move, use: readonly string[]): void {
    const { world, snapshot, isAble, isDisturbed, isHijacked } = this.#situation
    if (!isAble || isDisturbed || isHijacked) return
    const { settings } = world.topology
    const line = (name: string) => world.lines.find(({ place }) => place.name === name)
    const [left, taken] = [line(from), line(to)]
    const state = snapshot?.wans[to]?.state ?? 'unknown'
    if (settings.sidestep === 'off')
      this.#fail(`10: new connections avoid ${from} with sidestep: off`)
    if (!use.includes(to))
      this.#fail(`10: new connections may not take ${to}, though they avoid ${from}`)
    if (state !== 'up' && state !== 'degraded') {
      this.#fail(`2: new connections avoid ${from} and take ${to}, which is ${state}`)
    }
    if (taken?.place.metered === true && settings.sidestep !== 'always') {
      this.#fail(`10: new connections avoid ${from} and take the metered ${to}`)
    }
    if (left === undefined || atMs - left.lastTouchedMs < faultCountsMs) return
    this.#fail(`7: new connections avoid the sound ${from}`)
  }

  #use(): readonly string[] {
    return this.#situation.world.topology.settings.defaultPolicy.use
  }

  #fail(text: string): void {
    this.#situation.fail(`invariant ${text}`)
  }
}

/** The figure is published once a second at most. */
export const countedWithinMs = 1_500
/** An outage that was over may still be noticed so much later. */
const faultCountsMs = 4_000
