import type { DaemonEvent } from '../model/event.ts'
import type { Clock } from './clock.ts'

/**
 * The one way into the daemon: adapters put events in and return at once, the loop takes them out
 * and runs each to completion. Bounded: when the loop can't follow, the oldest event goes, for
 * the next probe's result or sign outdates it.
 */
export class EventQueue {
  readonly #clock: Clock
  readonly #events: DaemonEvent[] = []
  #wakeUp: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  push(event: DaemonEvent): void {
    this.#events.push(event)
    if (this.#events.length > maxEvents) this.#events.shift()
    this.#wakeUp?.()
  }

  /** Everything that has happened; waits for the first event, but no longer than `untilMs`. */
  async take(untilMs: number): Promise<readonly DaemonEvent[]> {
    if (this.#events.length === 0 && untilMs > this.#clock.nowMs()) {
      await new Promise<void>((resolve) => {
        const cancel = Number.isFinite(untilMs) ? this.#clock.wake(untilMs, resolve) : () => {}
        this.#wakeUp = () => {
          cancel()
          resolve()
        }
      })
      this.#wakeUp = null
    }
    return this.#events.splice(0)
  }
}

const maxEvents = 4096
