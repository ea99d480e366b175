/**
 * The log lines about commands. Whoever may send commands may send thousands: a few a minute are
 * logged, then one line counts the others.
 */
import type { Log } from '../model/log.ts'

export class CommandLog {
  readonly #log: Log
  #sinceMs = Number.NEGATIVE_INFINITY
  #lines = 0
  #unlogged = 0
  #superseded = 0

  constructor(log: Log) {
    this.#log = log
  }

  note(level: 'info' | 'warn', text: string, nowMs: number): void {
    this.count(nowMs)
    if (this.#lines === 0) this.#sinceMs = nowMs
    if (this.#lines === maxLines) {
      this.#unlogged += 1
      return
    }
    this.#lines += 1
    this.#log[level](text)
  }

  /** Commands that a newer one has replaced before their turn. */
  superseded(count: number): void {
    this.#superseded += count
  }

  /** Call it now and then: once the minute is over, it logs how many were left out. */
  count(nowMs: number): void {
    if (this.#lines === 0 || nowMs - this.#sinceMs < windowMs) return
    const left = this.#unlogged + this.#superseded
    if (left > 0) {
      this.#log.warn(
        `${left} more commands came within a minute: ${this.#superseded} of them were replaced by ` +
          `newer ones before their turn, ${this.#unlogged} were carried out or refused unlogged; ` +
          'an automation may run in a loop',
      )
    }
    this.#lines = 0
    this.#unlogged = 0
    this.#superseded = 0
  }
}

/** Enough for what a user does by hand. */
const maxLines = 10
const windowMs = 60_000
