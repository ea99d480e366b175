/**
 * Knows when the monitor wants to be called, and so, when it was called much too late: after a
 * stall of ours (a busy loop, a suspended machine) answers wait in the sockets, and nobody is
 * judged until they have been read.
 */
export class StallGuard {
  #wakeMs: number
  #judgeAfterMs: number

  constructor(nowMs: number) {
    this.#wakeMs = nowMs
    this.#judgeAfterMs = nowMs
  }

  get wakeAtMs(): number {
    return this.#wakeMs
  }

  /** There is news. Never puts a wake-up off: a missed one is how a stall is known. */
  wake(nowMs: number): void {
    this.#wakeMs = Math.min(this.#wakeMs, nowMs)
  }

  /** The monitor has just been called, and has nothing to do before `atMs`. */
  sleepUntil(atMs: number): void {
    this.#wakeMs = Math.max(atMs, this.#judgeAfterMs)
  }

  /** false: the sockets have to be read first. */
  mayJudge(nowMs: number): boolean {
    if (nowMs - this.#wakeMs > stallMs) this.#judgeAfterMs = nowMs + graceMs
    return nowMs >= this.#judgeAfterMs
  }
}

const stallMs = 250
const graceMs = 50
