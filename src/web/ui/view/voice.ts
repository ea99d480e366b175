/** What a component needs to speak: the texts and the formats of the user's language. */
import type { Texts } from '../texts/texts.ts'
import type { Formats } from './formats.ts'

export interface Voice {
  readonly texts: Texts
  readonly formats: Formats
}
