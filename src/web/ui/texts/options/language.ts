/** The texts of the options in the language that the page speaks. */
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import type { OptionsTexts } from './options-texts.ts'

const tables: Readonly<Record<string, OptionsTexts>> = { en, de, es, fr }

/** `tag` as in BCP 47. */
export function optionsTexts(tag: string): OptionsTexts {
  return tables[tag.toLowerCase().split('-')[0] ?? ''] ?? en
}
