import type { MeterBook } from '../../decision/metered-months.ts'

/** The port of what outlives a restart; `data-folder.ts` keeps it in a file. */
export interface Remembered {
  readonly mode: string
  /** The user has said that we may set up beside another program's tunnel. */
  readonly mayOverride: boolean
}

export interface Memory {
  /** What was saved last; the defaults where nothing was or it can't be read. Never throws. */
  load(): Remembered
  /** Replaces what was saved, whole or not at all. Never throws: a full disk is logged. */
  save(remembered: Remembered): void
  /** The metered WANs' months; empty as `load` gives the defaults. Never throws. */
  loadBook(): MeterBook
  saveBook(book: MeterBook): void
}
