/**
 * The form that a page shows, made from the schema by which options are read: a new option is in
 * both or in none. What a field is called comes from the translations of the add-on's own form.
 */
import type { FieldKind, FormField } from '../../model/published/options-page.ts'
import { describedOf, type Option } from '../schema/option.ts'
import { optionsSchema } from '../schema/options-schema.ts'
import type { Labels } from './labels.ts'

/** The fields of all options, in the schema's order, without those at the top named in `without`. */
export function formFields(labels: Labels, without: readonly string[] = []): readonly FormField[] {
  const { shape } = describedOf(optionsSchema)
  if (shape.kind !== 'mapping') throw new Error('the options are no mapping')
  return fieldsOf(shape.entries, labels).filter(({ key }) => !without.includes(key))
}

function fieldsOf(
  entries: Readonly<Record<string, Option<unknown>>>,
  labels: Labels,
): readonly FormField[] {
  return Object.entries(entries).map(([key, wanted]) => fieldOf(key, wanted, labels[key]))
}

function fieldOf(
  key: string,
  wanted: Option<unknown>,
  label: Labels[string] | undefined,
): FormField {
  const { required } = describedOf(wanted)
  const { name = key, description = '' } = label ?? {}
  return { key, label: name, hint: description, required, ...kindOf(wanted, label) }
}

function kindOf(wanted: Option<unknown>, label: Labels[string] | undefined): FieldKind {
  const { shape, byDefault } = describedOf(wanted)
  switch (shape.kind) {
    case 'text':
      return { kind: 'text', default: textOf(byDefault), names: shape.names }
    case 'secret':
      return { kind: 'secret' }
    case 'flag':
      return { kind: 'flag', default: byDefault === true }
    case 'number': {
      const { first, last, whole } = shape
      return { kind: 'number', default: numberOf(byDefault), first, last, whole }
    }
    case 'choice':
      return { kind: 'choice', default: textOf(byDefault), choices: shape.words }
    case 'list': {
      // An entry is called by what the list says of its fields.
      const entry = fieldOf('', shape.entry, { name: '', fields: label?.fields ?? {} })
      const byItself = Array.isArray(byDefault) ? byDefault : []
      return { kind: 'list', entry: { ...entry, label: '' }, limit: shape.limit, default: byItself }
    }
    case 'mapping':
      return { kind: 'mapping', fields: fieldsOf(shape.entries, label?.fields ?? {}) }
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
