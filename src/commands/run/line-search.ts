import { setTimeout as pause } from 'node:timers/promises'
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
  #newest: LineSearch = { state: 'none', started: null, finished: null, lines: [], notes: [] }

  constructor(find: FindLines) {
    this.#find = find
  }

  answer(): LineSearch {
    return this.#newest
  }

  search(): void {
    if (this.#newest.state !== 'searching') void this.#search(new Date().toISOString())
  }

  async #search(started: string): Promise<void> {
    let known: Found = { lines: [], notes: [] }
    let isOver = false
    const soFar = (found: Found): void => {
      if (isOver) return
      known = found
      this.#newest = { state: 'searching', started, finished: null, ...found }
    }
    soFar(known)
    const late = new AbortController()
    const found = await Promise.race([
      this.#find(soFar).catch((error: unknown) => withNote(known, failed(error))),
      pause(longestMs, null, { signal: late.signal }).then(() => withNote(known, tooLong)),
    ])
    late.abort()
    isOver = true
    this.#newest = { state: 'done', started, finished: new Date().toISOString(), ...found }
  }
}

function withNote({ lines, notes }: Found, note: string): Found {
  return { lines, notes: [...notes, note] }
}

function failed(error: unknown): string {
  return `the search for lines failed: ${messageOf(error)}`
}

/** Who asked is told within ten seconds, whatever hangs. */
const longestMs = 9_500
const tooLong = 'the search took too long and ended early: there may be more lines'
