/**
 * Time that a test moves. It jumps from timer to timer, and only when every promise that could
 * settle has settled: what the program does in no time happens in no time here too.
 */
import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { Clock } from '../../src/daemon/clock.ts'

export class VirtualClock implements Clock {
  #nowMs = 0
  #askedSinceMove = 0
  readonly #startMs: number
  readonly #timers = new Set<Timer>()

  /** By how much somebody has set the wall's clock. */
  setByMs = 0

  /** `startMs`: milliseconds since 1970 at the beginning. */
  constructor(startMs: number = Date.UTC(2026, 10, 21)) {
    this.#startMs = startMs
  }

  nowMs(): number {
    this.#askedSinceMove += 1
    // A loop that never waits would also keep this process from noticing that it never ends.
    if (this.#askedSinceMove > mostQuestions) {
      throw new Error(`the program spins: it asks for the time again and again at ${this.#nowMs}`)
    }
    return this.#nowMs
  }

  wallMs(): number {
    return this.#startMs + this.#nowMs + this.setByMs
  }

  wake(atMs: number, callback: () => void): () => void {
    const timer = { atMs: Math.max(atMs, this.#nowMs), callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake(this.#nowMs + durationMs, resolve)
    })
  }

  /** Runs everything that is due until `untilMs`, in the order of its time. */
  async advanceTo(untilMs: number): Promise<void> {
    await nextMacrotask()
    let timer = this.#next(untilMs)
    while (timer !== null) {
      this.#timers.delete(timer)
      this.#moveTo(timer.atMs)
      timer.callback()
      await nextMacrotask()
      timer = this.#next(untilMs)
    }
    this.#moveTo(untilMs)
  }

  #moveTo(nowMs: number): void {
    if (nowMs > this.#nowMs) this.#askedSinceMove = 0
    this.#nowMs = nowMs
  }

  /** The earliest one; of equal times the one that was set first. */
  #next(untilMs: number): Timer | null {
    let earliest: Timer | null = null
    for (const timer of this.#timers) {
      if (timer.atMs <= untilMs && (earliest === null || timer.atMs < earliest.atMs)) {
        earliest = timer
      }
    }
    return earliest
  }
}

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

const mostQuestions = 200_000
