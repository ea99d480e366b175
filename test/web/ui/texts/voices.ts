import { Formats } from '../../../../src/web/ui/texts/formats.ts'
import { chooseLanguage } from '../../../../src/web/ui/texts/language.ts'
import type { Voice } from '../../../../src/web/ui/texts/voice.ts'

/** Speaks as to a user in Greenwich. */
export function voice(tag = 'en-GB'): Voice {
  return { texts: chooseLanguage([tag]).texts, formats: new Formats(tag, 'UTC') }
}

/** A Saturday. */
export const noonMs = Date.parse('2026-11-21T12:00:00.000Z')
