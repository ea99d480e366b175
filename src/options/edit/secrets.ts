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

function valueAt(options: OptionsAsWritten, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), options)
}

type Replace = (found: unknown, path: readonly string[]) => unknown

function replaced(options: OptionsAsWritten, replace: Replace): OptionsAsWritten {
  return inMapping(options, optionsSchema, { path: [], replace })
}

interface Walk {
  readonly path: readonly string[]
  readonly replace: Replace
}

function inMapping(mapping: Mapping, wanted: Option<unknown>, { path, replace }: Walk): Mapping {
  const { shape } = describedOf(wanted)
  const entries = shape.kind === 'mapping' ? shape.entries : {}
  const kept = Object.entries(mapping).map(([key, value]): [string, unknown] => {
    const inner = entries[key]
    if (inner === undefined) return [key, value]
    const walk = { path: [...path, key], replace }
    const { kind } = describedOf(inner).shape
    if (kind === 'secret') return [key, isNothing(value) ? value : replace(value, walk.path)]
    if (kind !== 'mapping' || isNothing(value)) return [key, value]
    // Where a mapping with a secret should stand, anything else may be the secret.
    if (isMapping(value)) return [key, inMapping(value, inner, walk)]
    return [key, hasSecret(inner) ? undefined : value]
  })
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined))
}

function hasSecret(wanted: Option<unknown>): boolean {
  const { shape } = describedOf(wanted)
  if (shape.kind === 'secret') return true
  return shape.kind === 'mapping' && Object.values(shape.entries).some(hasSecret)
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}
