import type { Clock } from '../../src/daemon/clock.ts'

/** Time that a loop of a million steps can move: no promise is awaited in between. */
export class HandClock implements Clock {
  atMs = 0
  /** Wall time at 0. */
  startMs = Date.UTC(2026, 9, 21)
  readonly #wakes = new Set<{ atMs: number; callback: () => void }>()

  nowMs(): number {
    return this.atMs
  }

  wallMs(): number {
    return this.startMs + this.atMs
  }

  wake(atMs: number, callback: () => void): () => void {
    const wake = { atMs, callback }
    this.#wakes.add(wake)
    return () => this.#wakes.delete(wake)
  }

  /** Returns how long the slowest callback took. */
  move(byMs: number): number {
    this.atMs += byMs
    let slowestMs = 0
    for (const wake of this.#wakes) {
      if (wake.atMs > this.atMs) continue
      this.#wakes.delete(wake)
      const startMs = performance.now()
      wake.callback()
      slowestMs = Math.max(slowestMs, performance.now() - startMs)
    }
    return slowestMs
  }
}
