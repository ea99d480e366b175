/**
 * How late this machine is with what is due: a bar for a time means a machine that does what it is
 * asked to at once, and on a busy one the others' work is not what it measures.
 */
import { monotonicMs } from './lab/measure/monotonic.ts'

const everyMs = 10
/** A timer of Node's is a millisecond late on any machine. */
const timerSlackMs = 2
/** What is measured passes through several programs, each of which waits as this one does. */
const othersInLine = 4

export class MachineLag {
  readonly #late: { readonly atMs: number; readonly ms: number }[] = []
  #lastMs = monotonicMs()

  /** It looks from now on, and keeps no process from ending. */
  constructor() {
    setInterval(() => this.#look(), everyMs).unref()
  }

  /** What to allow beyond the bar for what took from `fromMs` to `toMs`, both monotonicMs(). */
  allowanceMs(fromMs: number, toMs: number): number {
    this.#look()
    const within = this.#late.filter(({ atMs, ms }) => atMs > fromMs && atMs - ms < toMs)
    return othersInLine * within.reduce((sum, { ms }) => sum + ms, 0)
  }

  #look(): void {
    const nowMs = monotonicMs()
    const ms = nowMs - this.#lastMs - everyMs - timerSlackMs
    if (ms > 0) this.#late.push({ atMs: nowMs, ms })
    this.#lastMs = nowMs
  }
}
