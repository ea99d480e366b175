/**
 * The host's wall clock, as its snapshots tell it: a browser's clock may be minutes off, and then
 * every "since" and every countdown would be wrong by as much.
 */
export class HostClock {
  #aheadMs: number

  /** Until the first snapshot the browser's own clock has to do. */
  constructor(wallMs: number, steadyMs: number) {
    this.#aheadMs = wallMs - steadyMs
  }

  /** `at` is the snapshot's time, `steadyMs` when it came by a clock that never jumps. */
  hear(at: string, steadyMs: number): void {
    const atMs = Date.parse(at)
    if (Number.isFinite(atMs)) this.#aheadMs = atMs - steadyMs
  }

  nowMs(steadyMs: number): number {
    return this.#aheadMs + steadyMs
  }
}
