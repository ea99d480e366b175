/** Which of our languages a user gets. */
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import type { Texts } from './texts.ts'

const tables: Readonly<Record<string, Texts>> = { en, de, es, fr }

export interface Language {
  /** The user's own tag with its region: numbers and dates follow it. */
  readonly tag: string
  readonly texts: Texts
}

/** The first wanted language that the page has, else English; tags as in BCP 47. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const texts = tables[tag.toLowerCase().split('-')[0] ?? '']
    if (texts !== undefined && isKnownTag(tag)) return { tag, texts }
  }
  return { tag: 'en', texts: en }
}

/** Intl throws at a malformed tag such as `de_DE`. */
function isKnownTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
