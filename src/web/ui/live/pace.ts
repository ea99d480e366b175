/** When a request to the daemon is due again: after some time, and at once after news. */
export class Pace {
  #askedAtMs = Number.NEGATIVE_INFINITY

  /** true once for each time it is due: the caller then sends the request. */
  isDue(nowMs: number, everyMs: number): boolean {
    if (nowMs - this.#askedAtMs < everyMs) return false
    this.#askedAtMs = nowMs
    return true
  }

  hurry(): void {
    this.#askedAtMs = Number.NEGATIVE_INFINITY
  }
}
