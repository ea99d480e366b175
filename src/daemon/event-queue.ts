import type { KernelSign } from '../kernel/port.ts'
import type { Command } from '../model/decision.ts'
import type { ProbeResult } from '../model/probe.ts'
import type { Clock } from './clock.ts'

/** Everything that can happen to the daemon. */
export type DaemonEvent =
  | { readonly kind: 'sign'; readonly sign: KernelSign }
  | { readonly kind: 'probe'; readonly result: ProbeResult }
  | { readonly kind: 'command'; readonly command: Command }
  /** Bytes by counter; null: they could not be read. */
  | { readonly kind: 'counters'; readonly counters: ReadonlyMap<string, number> | null }
  | { readonly kind: 'public_address'; readonly wan: number; readonly address: string | null }
  /** What the user has to put right elsewhere; null once it is. */
  | { readonly kind: 'foreign_problem'; readonly problem: string | null }
  | { readonly kind: 'stop' }

/**
 * The one way into the daemon: adapters put events in and return at once, the loop takes them out
 * and runs each to completion. Bounded: when the loop can't follow, the oldest event goes, for a
 * probe's result or a sign is outdated by the next one.
 */
export class EventQueue {
  readonly #clock: Clock
  readonly #events: DaemonEvent[] = []
  #wakeUp: (() => void) | null = null
  dropped = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  push(event: DaemonEvent): void {
    this.#events.push(event)
    if (this.#events.length > maxEvents) {
      this.#events.shift()
      this.dropped += 1
    }
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
