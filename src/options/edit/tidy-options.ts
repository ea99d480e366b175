import type { OptionsAsWritten } from '../../model/published/options-page.ts'
import { isMapping } from './plain-values.ts'

/**
 * Tidied, and where an empty section or list means the same as none, as it stands in `stored`: so
 * that a form which leaves one empty has changed nothing.
 */
export function writableOptions(
  options: OptionsAsWritten,
  stored: OptionsAsWritten,
): OptionsAsWritten {
  const wanted = Object.entries(tidyOptions(options)).filter(
    ([key, value]) => key in stored || !isEmpty(value, key),
  )
  const left = Object.entries(stored).filter(([key, value]) => isEmpty(value, key))
  return { ...Object.fromEntries(left), ...Object.fromEntries(wanted) }
}

/**
 * Without what says nothing: null, blank texts and what is undefined, which a form leaves where
 * nothing was entered. A blank entry of a list stays, for somebody has added it.
 */
function tidyOptions(options: OptionsAsWritten): OptionsAsWritten {
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

/** Without WANs it observes only, and that has to be said. */
function isEmpty(value: unknown, key: string): boolean {
  if (Array.isArray(value)) return value.length === 0 && key !== 'wans'
  return isMapping(value) && Object.keys(value).length === 0
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
}
