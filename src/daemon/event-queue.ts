import type { CommandEvent, DaemonEvent } from '../model/event.ts'
import type { Clock } from './clock.ts'
import { CommandQueue } from './command-queue.ts'

/**
 * The one way into the daemon: adapters put events in and return at once, the loop takes them out
 * and runs each to completion. Bounded: when the loop can't follow, the oldest event goes, for
 * the next probe's result or sign outdates it; nothing outdates the word to stop. Commands wait in a queue of their own and come last,
 * so that no flood of them keeps the loop from what the lines say.
 */
export class EventQueue {
  readonly #clock: Clock
  readonly #events: DaemonEvent[] = []
  readonly #commands = new CommandQueue()
  #wakeUp: (() => void) | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  push(event: DaemonEvent): void {
    if (event.kind === 'command') {
      // One that waits already has set the time to wake up at.
      const isFirst = this.#commands.dueAtMs === Number.POSITIVE_INFINITY
      this.#commands.push(event.command)
      if (isFirst) this.#wakeUp?.()
      return
    }
    this.#events.push(event)
    if (this.#events.length > maxEvents) {
      this.#events.splice(
        this.#events.findIndex(({ kind }) => kind !== 'stop'),
        1,
      )
    }
    this.#wakeUp?.()
  }

  /** Everything that has happened; waits for the first event, but no longer than `untilMs`. */
  async take(untilMs: number): Promise<readonly DaemonEvent[]> {
    while (!this.#hasSome() && untilMs > this.#clock.nowMs()) {
      const fired = await this.#wait(Math.min(untilMs, this.#commands.dueAtMs))
      if (fired) break
    }
    return [...this.#events.splice(0), ...this.#commands.take(this.#clock.nowMs())]
  }

  /** What nobody has had the time to hear of. */
  takeCommands(): readonly CommandEvent[] {
    return this.#commands.takeAll()
  }

  #hasSome(): boolean {
    return this.#events.length > 0 || this.#commands.dueAtMs <= this.#clock.nowMs()
  }

  /** True once the time has come, false if something has been put in before. */
  async #wait(untilMs: number): Promise<boolean> {
    const fired = await new Promise<boolean>((resolve) => {
      const cancel = Number.isFinite(untilMs)
        ? this.#clock.wake(untilMs, () => resolve(true))
        : () => {}
      this.#wakeUp = () => {
        cancel()
        resolve(false)
      }
    })
    this.#wakeUp = null
    return fired
  }
}

const maxEvents = 4096
