/** The texts and formats of the user's language, which every component needs. */
import type { Texts } from '../texts/texts.ts'
import type { Formats } from './formats.ts'

export interface Voice {
  readonly texts: Texts
  readonly formats: Formats
}
