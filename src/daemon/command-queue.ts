/**
 * Commands that wait for their turn. Whoever may send them may send thousands a second: of each kind
 * only the last one counts, and after a burst they are taken now and then only, for each may move
 * the traffic of the whole house.
 */
import type { Command } from '../model/decision.ts'
import type { CommandEvent } from '../model/event.ts'

export class CommandQueue {
  readonly #waiting = new Map<string, Command>()
  /** Those that a newer one has replaced, and that nobody has been told of. */
  #superseded = 0
  /** How many times some may be taken, as of `#takenAtMs`. */
  #takings = maxTakings
  #takenAtMs = 0

  push(command: Command): void {
    const key = keyOf(command)
    // Deleted first, so that the newest stands last: the order is what the user did.
    if (this.#waiting.delete(key)) this.#superseded += 1
    this.#waiting.set(key, command)
    const [oldest] = this.#waiting.keys()
    if (this.#waiting.size <= maxWaiting || oldest === undefined) return
    this.#waiting.delete(oldest)
    this.#superseded += 1
  }

  /** When some may be taken; infinite where none waits. */
  get dueAtMs(): number {
    if (this.#waiting.size === 0) return Number.POSITIVE_INFINITY
    const short = Math.max(0, 1 - this.#takings)
    return short === 0 ? Number.NEGATIVE_INFINITY : this.#takenAtMs + short * refillMs
  }

  /** A bounded number of those that are due, the oldest first. */
  take(nowMs: number): CommandEvent[] {
    if (this.dueAtMs > nowMs) return []
    const refilled = this.#takings + (nowMs - this.#takenAtMs) / refillMs
    this.#takings = Math.max(0, Math.min(maxTakings, refilled) - 1)
    this.#takenAtMs = nowMs
    return this.#takeOldest(maxAtOnce)
  }

  /** All of them, due or not. */
  takeAll(): CommandEvent[] {
    return this.#takeOldest(maxWaiting)
  }

  #takeOldest(count: number): CommandEvent[] {
    const superseded = this.#superseded
    this.#superseded = 0
    return [...this.#waiting].slice(0, count).map(([key, command], i) => {
      this.#waiting.delete(key)
      return { kind: 'command', command, ...(i === 0 && superseded > 0 ? { superseded } : {}) }
    })
  }
}

function keyOf(command: Command): string {
  return command.kind === 'set_policy' ? `set_policy ${command.policy}` : command.kind
}

/** More than a user presses in a few seconds. */
const maxTakings = 10
const refillMs = 2_000
/** An automation may set the policy of each device; a turn with as many is still short. */
const maxAtOnce = 64
const maxWaiting = 1_024
