import type { ProbeResult } from '../../model/probe.ts'
import type { Suspicion } from '../verdict/suspicion.ts'

/**
 * Questions to the gateway itself, by ARP. Its silence is evidence only if it has answered such a
 * question before: some links have no neighbours. It is asked a few times when the path is new,
 * until it answers, and then only during a suspicion.
 */
export class GatewayQuestions {
  /** Questions of the present suspicion that went unanswered in a row. */
  #silentInARow = 0
  #speaks = false
  #lastAnswerMs = Number.NEGATIVE_INFINITY
  #introductions = 0
  #nextAtMs = 0
  /** Questions from before this moment say nothing about the present suspicion. */
  #countsFromMs = 0
  readonly #open = new Map<number, number>()

  /** It has answered before and does so no more. */
  get silent(): boolean {
    return this.#silentInARow >= silentAfter
  }

  isDue(suspicion: Suspicion | null, nowMs: number): boolean {
    if (nowMs < this.#nextAtMs) return false
    if (suspicion !== null && this.#speaks) return true
    return !this.#speaks && this.#introductions < maxIntroductions
  }

  asked(id: number, nowMs: number): void {
    if (!this.#speaks) this.#introductions += 1
    this.#nextAtMs = nowMs + (this.#speaks ? gapMs : introductionGapMs)
    this.#open.set(id, nowMs)
  }

  /** Returns whether the result belongs to a question of ours. */
  take(result: ProbeResult, nowMs: number): boolean {
    if (!this.#open.delete(result.id)) return false
    if (result.outcome.kind !== 'answered') return true
    this.#speaks = true
    this.#lastAnswerMs = nowMs
    this.#silentInARow = 0
    return true
  }

  judge(nowMs: number): void {
    for (const [id, askedMs] of this.#open) {
      if (nowMs - askedMs < waitMs) continue
      this.#open.delete(id)
      if (this.#speaks && askedMs >= this.#countsFromMs) this.#silentInARow += 1
    }
  }

  answeredSince(sinceMs: number): boolean {
    return this.#lastAnswerMs >= sinceMs
  }

  /** A suspicion begins: the gateway is asked from now on. */
  begin(nowMs: number): void {
    this.#silentInARow = 0
    this.#countsFromMs = nowMs
    this.#nextAtMs = nowMs
  }

  /** A new path: the gateway has to show again that it answers. */
  restart(): void {
    this.#open.clear()
    this.#introductions = 0
    this.#speaks = false
    this.#silentInARow = 0
    this.#nextAtMs = 0
  }

  nextMs(suspicion: Suspicion | null, nowMs: number): number {
    const isDue = this.isDue(suspicion, Math.max(nowMs, this.#nextAtMs))
    let nextMs = isDue ? this.#nextAtMs : Number.POSITIVE_INFINITY
    for (const askedMs of this.#open.values()) nextMs = Math.min(nextMs, askedMs + waitMs)
    return nextMs
  }
}

const gapMs = 60
/** A phone's hotspot that saves power may take two beacons (about 200 ms) to hear a question. */
const waitMs = 220
/** Unanswered questions in a row to a gateway that has answered before: it is silent. */
const silentAfter = 3
const maxIntroductions = 5
const introductionGapMs = 1_000
