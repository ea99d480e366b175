import type { OptionsAsWritten, OptionsProblem } from '../../model/published/options-page.ts'

/** Where the options stand, and how others get there. It never throws. */
export interface OptionsPlace {
  readonly source: 'file' | 'supervisor'
  /** For the user. */
  readonly where: string
  /** Options at the top that can't be written here. */
  readonly without: readonly string[]
  read(): Promise<PlaceRead>
  /** The text that would stand there in place of `text`. */
  edit(text: string, options: OptionsAsWritten): Edited
  /** What the owner of the place has against options that the parser takes; null: nothing. */
  objection(options: OptionsAsWritten): Promise<OptionsProblem | null>
  /** Puts a text there, whole or not at all. */
  put(text: string): Promise<Put>
  /**
   * As `put`, for what was right before: in force first, wherever it has to be noted besides. A try
   * that failed is repeated.
   */
  putBack(text: string): Promise<Put>
}

export type PlaceRead =
  | {
      readonly kind: 'ok'
      readonly text: string
      readonly options: OptionsAsWritten
      /** Why nothing can be written; null: it can. */
      readonly whyNot: string | null
    }
  | { readonly kind: 'unreadable'; readonly reason: string }

export type Edited =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string }

export type Put = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly reason: string }
