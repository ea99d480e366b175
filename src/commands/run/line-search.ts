import type { Clock } from '../../daemon/clock.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { FoundLine, LineSearch } from '../../model/published/found-line.ts'
import type { LineSearcher } from '../../web/lines-routes.ts'

export interface Found {
  readonly lines: readonly FoundLine[]
  readonly notes: readonly string[]
}

/** Hears of what is known so far. */
export type FindLines = (soFar: (found: Found) => void) => Promise<Found>

/** One search at a time, whoever asks; what it has found stays until the next one. */
export class OneSearch implements LineSearcher {
  readonly #find: FindLines
  readonly #clock: Clock
  #newest: LineSearch = { state: 'none', started: null, finished: null, lines: [], notes: [] }

  constructor(find: FindLines, clock: Clock) {
    this.#find = find
    this.#clock = clock
  }

  answer(): LineSearch {
    return this.#newest
  }

  search(): void {
    if (this.#newest.state !== 'searching') void this.#search()
  }

  async #search(): Promise<void> {
    const started = this.#now()
    let known: Found = { lines: [], notes: [] }
    let isOver = false
    const soFar = (found: Found): void => {
      if (isOver) return
      known = found
      this.#newest = { state: 'searching', started, finished: null, ...found }
    }
    const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<string>()
    const cancel = this.#clock.wake(this.#clock.nowMs() + longestMs, () => giveUp(tooLong))
    soFar(known)
    const failed = (error: unknown) => `the search for lines failed: ${messageOf(error)}`
    const found = await Promise.race([this.#find(soFar).catch(failed), tooLate])
    cancel()
    isOver = true
    const { lines, notes } =
      typeof found === 'string' ? { ...known, notes: [...known.notes, found] } : found
    this.#newest = { state: 'done', started, finished: this.#now(), lines, notes }
  }

  #now(): string {
    return new Date(this.#clock.wallMs()).toISOString()
  }
}

/** Who asked is told within ten seconds, whatever hangs. */
const longestMs = 9_500
const tooLong = 'the search took too long and ended early: there may be more lines'
