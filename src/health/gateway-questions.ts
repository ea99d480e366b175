import type { ProbeResult } from '../model/probe.ts'
import type { Suspicion } from './suspicion.ts'

/**
 * Questions to the gateway itself, by ARP. Its silence is evidence only if it has answered such a
 * question before: some links have no neighbours. It is asked once when the path is new and then
 * only during a suspicion.
 */
export class GatewayQuestions {
  /** Questions of the present suspicion that went unanswered in a row. */
  silent = 0
  #speaks = false
  #lastAnswerMs = Number.NEGATIVE_INFINITY
  #firstAskDone = false
  #nextAtMs = 0
  readonly #open = new Map<number, number>()

  /** true where a question is due; without a suspicion only the first one ever is. */
  isDue(suspicion: Suspicion | null, nowMs: number): boolean {
    if (nowMs < this.#nextAtMs) return false
    return suspicion === null ? !this.#firstAskDone : this.#speaks
  }

  asked(id: number, nowMs: number): void {
    this.#firstAskDone = true
    this.#nextAtMs = nowMs + gapMs
    this.#open.set(id, nowMs)
  }

  /** Returns whether the result belongs to a question of ours. */
  take(result: ProbeResult, nowMs: number): boolean {
    if (!this.#open.delete(result.id)) return false
    if (result.outcome.kind !== 'answered') return true
    this.#speaks = true
    this.#lastAnswerMs = nowMs
    this.silent = 0
    return true
  }

  judge(nowMs: number): void {
    for (const [id, askedMs] of this.#open) {
      if (nowMs - askedMs < waitMs) continue
      this.#open.delete(id)
      if (this.#speaks) this.silent += 1
    }
  }

  answeredSince(sinceMs: number): boolean {
    return this.#lastAnswerMs >= sinceMs
  }

  forgetSilence(): void {
    this.silent = 0
    this.#nextAtMs = 0
  }

  /** A new path: the gateway has to show anew that it answers. */
  restart(): void {
    this.#open.clear()
    this.#firstAskDone = false
    this.#speaks = false
    this.forgetSilence()
  }

  nextMs(suspicion: Suspicion | null, nowMs: number): number {
    const times = [...this.#open.values()].map((askedMs) => askedMs + waitMs)
    if (this.isDue(suspicion, Math.max(nowMs, this.#nextAtMs))) times.push(this.#nextAtMs)
    return Math.min(Number.POSITIVE_INFINITY, ...times)
  }
}

const gapMs = 60
/** A phone's hotspot that saves power may take two beacons (about 200 ms) to hear a question. */
const waitMs = 220
