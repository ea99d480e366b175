/**
 * Counts the answers that came in a target's name and failed their proof, and reports them, at most
 * once a second for each WAN and kind: a flood of packets must not become a flood of events.
 */
import type { ForgedAnswers } from '../model/probe.ts'

export class ForgeryWatch {
  readonly #report: (forged: ForgedAnswers) => void
  readonly #tallies = new Map<string, Tally>()

  constructor(report: (forged: ForgedAnswers) => void) {
    this.#report = report
  }

  note(forged: ForgedAnswers, nowMs: number): void {
    const key = `${forged.wan} ${forged.by}`
    const tally = this.#tallies.get(key) ?? { pending: 0, reportedMs: 0, recent: 0, lastMs: 0 }
    this.#tallies.set(key, tally)
    if (nowMs - tally.lastMs > suspicionMs) tally.recent = 0
    tally.recent += forged.count
    tally.lastMs = nowMs
    tally.pending += forged.count
    if (tally.reportedMs !== 0 && nowMs - tally.reportedMs < reportEveryMs) return
    this.#report({ ...forged, count: tally.pending })
    tally.pending = 0
    tally.reportedMs = nowMs
  }

  /**
   * Whether somebody guesses at answers of this kind. Whoever does has missed thousands of times
   * before he hits, so this is known long before.
   */
  suspects(wan: number, by: ForgedAnswers['by'], nowMs: number): boolean {
    const tally = this.#tallies.get(`${wan} ${by}`)
    if (tally === undefined || nowMs - tally.lastMs > suspicionMs) return false
    return tally.recent >= suspicious
  }
}

interface Tally {
  /** Not reported yet. */
  pending: number
  /** By `performance.now()`; 0: never. */
  reportedMs: number
  /** Since there was none for ten minutes. */
  recent: number
  lastMs: number
}

const reportEveryMs = 1000
const suspicionMs = 600_000
/** A few may be a server's mistake or came later than we remember. */
const suspicious = 5
