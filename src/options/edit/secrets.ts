/**
 * Secrets never leave for the page: a word stands for each, and sent back it means the one that
 * stands there. Which options are secrets, the schema says.
 */
import { hiddenSecret, type OptionsAsWritten } from '../../model/published/options-page.ts'
import { describedOf, type Option } from '../schema/option.ts'
import { optionsSchema } from '../schema/options-schema.ts'
import { isMapping, type Mapping } from './plain-values.ts'

export function hideSecrets(options: OptionsAsWritten, shown = hiddenSecret): OptionsAsWritten {
  return replaced(options, () => shown)
}

/** As `hideSecrets`; one that differs from the one in `before` is shown as another. */
export function hideChangedSecrets(
  options: OptionsAsWritten,
  before: OptionsAsWritten,
  { same, other }: { readonly same: string; readonly other: string },
): OptionsAsWritten {
  return replaced(options, (found, path) => (found === valueAt(before, path) ? same : other))
}

/** @param stored what stands there now, with its secrets */
export function revealSecrets(
  options: OptionsAsWritten,
  stored: OptionsAsWritten,
): OptionsAsWritten {
  return replaced(options, (found, path) =>
    found === hiddenSecret ? valueAt(stored, path) : found,
  )
}

/** A list's entry is found by its name, which outlives a move; where it has none, by its place. */
function valueAt(options: OptionsAsWritten, path: Path): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof key === 'string') return isMapping(at) ? at[key] : undefined
    if (!Array.isArray(at)) return undefined
    if (key.name === undefined) return at[key.place]
    return at.find((entry) => isMapping(entry) && entry['name'] === key.name)
  }, options)
}

type Path = readonly (string | { readonly name: unknown; readonly place: number })[]

type Replace = (found: unknown, path: Path) => unknown

function replaced(options: OptionsAsWritten, replace: Replace): OptionsAsWritten {
  return inMapping(options, optionsSchema, { path: [], replace })
}

interface Walk {
  readonly path: Path
  readonly replace: Replace
}

function inMapping(mapping: Mapping, wanted: Option<unknown>, { path, replace }: Walk): Mapping {
  const { shape } = describedOf(wanted)
  const entries = shape.kind === 'mapping' ? shape.entries : {}
  const kept = Object.entries(mapping).map(([key, value]): [string, unknown] => {
    const inner = entries[key]
    if (inner === undefined) return [key, value]
    return [key, inValue(value, inner, { path: [...path, key], replace })]
  })
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined))
}

function inValue(value: unknown, wanted: Option<unknown>, walk: Walk): unknown {
  const { shape } = describedOf(wanted)
  if (isNothing(value)) return value
  if (shape.kind === 'secret') return walk.replace(value, walk.path)
  if (!hasSecret(wanted)) return value
  if (shape.kind === 'mapping' && isMapping(value)) return inMapping(value, wanted, walk)
  if (shape.kind === 'list' && Array.isArray(value)) {
    return value.map((entry, place) => {
      const name = isMapping(entry) ? entry['name'] : undefined
      return inValue(entry, shape.entry, { ...walk, path: [...walk.path, { name, place }] })
    })
  }
  // Where a mapping with a secret should stand, anything else may be the secret.
  return undefined
}

function hasSecret(wanted: Option<unknown>): boolean {
  const { shape } = describedOf(wanted)
  if (shape.kind === 'secret') return true
  if (shape.kind === 'list') return hasSecret(shape.entry)
  return shape.kind === 'mapping' && Object.values(shape.entries).some(hasSecret)
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}
