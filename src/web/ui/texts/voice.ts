/** The texts and formats of the user's language, which every component needs. */

import type { Formats } from './formats.ts'
import type { Texts } from './texts.ts'

export interface Voice {
  readonly texts: Texts
  readonly formats: Formats
}
