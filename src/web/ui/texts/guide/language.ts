/** The guide's texts in the language that the page speaks. */
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import type { GuideTexts } from './guide-texts.ts'

const tables: Readonly<Record<string, GuideTexts>> = { en, de, es, fr }

/** `tag` as in BCP 47. */
export function guideTexts(tag: string): GuideTexts {
  return tables[tag.toLowerCase().split('-')[0] ?? ''] ?? en
}
