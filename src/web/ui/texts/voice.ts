/** What a component needs to speak: the texts and the formats of the user's language. */

import type { Formats } from './formats.ts'
import type { Texts } from './texts.ts'

export interface Voice {
  readonly texts: Texts
  readonly formats: Formats
}
