/**
 * The host's wall clock, from its snapshots: a browser's clock may be minutes off, and then every
 * "since" and every countdown would be wrong by as much.
 */
export class HostClock {
  #aheadMs: number
  #hasHeard = false

  /** Until the first snapshot it uses the browser's own clock. */
  constructor(wallMs: number, steadyMs: number) {
    this.#aheadMs = wallMs - steadyMs
  }

  /** `at` is the snapshot's time, `steadyMs` its arrival by a clock that never jumps. */
  hear(at: string, steadyMs: number): void {
    const atMs = Date.parse(at)
    if (!Number.isFinite(atMs)) return
    const aheadMs = atMs - steadyMs
    const isOld = this.#hasHeard && aheadMs < this.#aheadMs && aheadMs > this.#aheadMs - oldestMs
    if (!isOld) this.#aheadMs = aheadMs
    this.#hasHeard = true
  }

  nowMs(steadyMs: number): number {
    return this.#aheadMs + steadyMs
  }
}

/** What a page hears first may be as old as this; a clock that was set back by more is believed. */
const oldestMs = 15_000
