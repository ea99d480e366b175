import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { parse } from 'yaml'
import type { FormField } from '../../model/published/options-page.ts'
import { formFields } from '../../options/form/form-fields.ts'
import { type Labels, translationFile, webLabels } from '../../options/form/labels.ts'

const languages = ['en', 'de', 'es', 'fr']

/** The form in each language, made when it is first asked for. */
export class FormTexts {
  readonly #folder: URL
  readonly #without: readonly string[]
  readonly #made = new Map<string, readonly FormField[]>()

  /** @param folder the add-on's `translations/` */
  constructor(folder: URL, without: readonly string[]) {
    this.#folder = folder
    this.#without = without
  }

  /** @param wanted a tag like `de-AT`; English where we have none of it */
  in(wanted: string): readonly FormField[] {
    const [short = ''] = wanted.toLowerCase().split('-')
    const language = languages.includes(short) ? short : 'en'
    const made = this.#made.get(language) ?? formFields(this.#labels(language), this.#without)
    this.#made.set(language, made)
    return made
  }

  #labels(language: string): Labels {
    const text = readFileSync(new URL(`${language}.yaml`, this.#folder), 'utf8')
    return { ...v.parse(translationFile, parse(text)).configuration, ...webLabels(language) }
  }
}
