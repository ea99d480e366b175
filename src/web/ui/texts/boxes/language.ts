/** These texts in the language that the page speaks. */
import type { BoxesTexts } from './boxes-texts.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'

const tables: Readonly<Record<string, BoxesTexts>> = { en, de, es, fr }

/** `tag` as in BCP 47. */
export function boxesTexts(tag: string): BoxesTexts {
  return tables[tag.toLowerCase().split('-')[0] ?? ''] ?? en
}
