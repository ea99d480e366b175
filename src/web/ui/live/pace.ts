/** When a question to the daemon is due again: after some time, and at once after news. */
export class Pace {
  #askedAtMs = Number.NEGATIVE_INFINITY

  /** True once; whoever gets it asks now. */
  isDue(nowMs: number, everyMs: number): boolean {
    if (nowMs - this.#askedAtMs < everyMs) return false
    this.#askedAtMs = nowMs
    return true
  }

  hurry(): void {
    this.#askedAtMs = Number.NEGATIVE_INFINITY
  }
}
