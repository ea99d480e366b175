import type { ProbeSettings } from '../../model/settings/settings.ts'

/**
 * Counts the rounds in a row in which a WAN that is down was heard. A round is one probe interval;
 * one answer from any target counts for the whole round, a round without any resets the count.
 */
export class Recovery {
  answeredRounds = 0
  /** The first of the answers that it counts; null: a whole round has none. */
  answersSinceMs: number | null = null
  /** What has been heard of it, for a user at 3 a.m.; null: nothing. */
  reason: string | null = null
  readonly #beganMs: number
  readonly #roundMs: number
  readonly #upAfter: number
  #roundEndsMs: number
  #answered = false

  constructor(nowMs: number, { intervalMs, upAfter }: RecoverySettings) {
    this.#beganMs = nowMs
    this.#roundMs = intervalMs
    this.#upAfter = upAfter
    this.#roundEndsMs = nowMs + intervalMs
  }

  /** It has begun to answer, or the chance that it does is still fresh. */
  mayReturn(nowMs: number): boolean {
    return this.answeredRounds > 0 || nowMs - this.#beganMs < freshMs
  }

  answered(nowMs: number): void {
    this.advance(nowMs)
    this.answersSinceMs ??= nowMs
    if (!this.#answered) this.answeredRounds += 1
    this.#answered = true
    this.reason = `answers again, ${this.answeredRounds} of ${this.#upAfter} rounds in a row`
  }

  advance(nowMs: number): void {
    if (nowMs < this.#roundEndsMs) return
    const elapsed = 1 + Math.floor((nowMs - this.#roundEndsMs) / this.#roundMs)
    if (this.answeredRounds > 0 && (!this.#answered || elapsed > 1)) {
      this.reason = `answered ${this.answeredRounds} of ${this.#upAfter} rounds, then no more`
      this.answeredRounds = 0
      this.answersSinceMs = null
    }
    this.#answered = false
    this.#roundEndsMs += elapsed * this.#roundMs
  }
}

type RecoverySettings = Pick<ProbeSettings, 'intervalMs' | 'upAfter'>

/** A metered WAN that is down, or whose link came back, is asked at `interval` so long. */
const freshMs = 60_000
