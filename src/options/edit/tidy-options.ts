import type { OptionsAsWritten } from '../../model/published/options-page.ts'
import { isMapping } from './plain-values.ts'

/**
 * Without what says nothing: null, blank texts and what is undefined, which a form leaves where
 * nothing was entered. A blank entry of a list stays, for somebody has added it.
 */
export function tidyOptions(options: OptionsAsWritten): OptionsAsWritten {
  return Object.fromEntries(
    Object.entries(options).flatMap(([key, value]) =>
      isNothing(value) ? [] : [[key, tidy(value)]],
    ),
  )
}

function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  return isMapping(value) ? tidyOptions(value) : value
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
}
