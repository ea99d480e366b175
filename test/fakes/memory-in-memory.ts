import type { Memory } from '../../src/daemon/memory/memory.ts'
import { emptyBook, type MeterBook } from '../../src/decision/metered-months.ts'
import type { Remembered } from '../../src/model/memory.ts'

/** What outlives a restart, as long as the test lives. */
export class MemoryInMemory implements Memory {
  #remembered: Remembered = { mode: 'automatic', mayOverride: false }
  book: MeterBook = emptyBook
  readonly settled = Promise.resolve()

  load(): Remembered {
    return this.#remembered
  }

  save(remembered: Remembered): void {
    this.#remembered = remembered
  }

  loadBook(): MeterBook {
    return this.book
  }

  saveBook(book: MeterBook): void {
    this.book = book
  }
}
