import type { OptionsAsWritten, OptionsProblem } from '../../model/published/options-page.ts'
import { isMapping } from '../../options/edit/plain-values.ts'
import { describeFound, formatPath, type PathKeys } from '../../options/problem.ts'
import { published } from './check-options.ts'

/**
 * What the Supervisor says against options that our parser takes. It seldom says where: of a secret
 * that Home Assistant doesn't know only the name.
 */
export function supervisorObjection(reason: string, options: OptionsAsWritten): OptionsProblem {
  const [, secret] = /^Unknown secret '(.*)' in /s.exec(reason) ?? []
  const keys = secret === undefined ? null : placeOf(`!secret ${secret}`, options, [])
  if (keys === null) return { path: 'options', found: '', right: '', text: reason }
  const found = describeFound(`!secret ${secret}`, keys)
  return published({ path: formatPath(keys), found, expected: knownSecret })
}

/** null: it stands nowhere. */
function placeOf(text: string, value: unknown, keys: PathKeys): PathKeys | null {
  if (value === text) return keys
  const entries = Array.isArray(value) ? [...value.entries()] : entriesOf(value)
  for (const [key, inner] of entries) {
    const place = placeOf(text, inner, [...keys, key])
    if (place !== null) return place
  }
  return null
}

function entriesOf(value: unknown): (readonly [string, unknown])[] {
  return isMapping(value) ? Object.entries(value) : []
}

const knownSecret = 'a secret that stands in the secrets.yaml of Home Assistant'
