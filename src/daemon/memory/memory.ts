import type { MeterBook } from '../../decision/metered-months.ts'
import type { Remembered } from '../../model/memory.ts'

/** The port of what outlives a restart; `data-folder.ts` keeps it in files. */
export interface Memory {
  /** What was saved last; the defaults where nothing was or it can't be read. Never throws. */
  load(): Remembered
  /** Replaces what was saved, whole or not at all. Never throws: a full disk is logged. */
  save(remembered: Remembered): void
  /** The metered WANs' months; empty as `load` gives the defaults. Never throws. */
  loadBook(): MeterBook
  saveBook(book: MeterBook): void
  /** Resolves when the disk has what was saved last, as far as it takes it. Never rejects. */
  readonly settled: Promise<unknown>
}
