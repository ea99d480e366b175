import { messageOf } from '../../model/caught-error.ts'
import type { FoundLine, LineSearch } from '../../model/published/found-line.ts'
import type { LineSearcher } from '../../web/lines-routes.ts'

export interface Found {
  readonly lines: readonly FoundLine[]
  readonly notes: readonly string[]
}

/** Hears of what is known so far. Ends by itself within ten seconds. */
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
    const soFar = (found: Found): void => {
      this.#newest = { state: 'searching', started, finished: null, ...found }
    }
    soFar({ lines: [], notes: [] })
    const found = await this.#find(soFar).catch((error: unknown) => {
      return { lines: [], notes: [`the search for lines failed: ${messageOf(error)}`] }
    })
    this.#newest = { state: 'done', started, finished: new Date().toISOString(), ...found }
  }
}
