/** The list's texts in the language that the page speaks. */
import { de } from './de.ts'
import type { DevicesTexts } from './devices-texts.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'

const tables: Readonly<Record<string, DevicesTexts>> = { en, de, es, fr }

/** `tag` as in BCP 47. */
export function devicesTexts(tag: string): DevicesTexts {
  return tables[tag.toLowerCase().split('-')[0] ?? ''] ?? en
}
