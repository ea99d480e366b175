/** Options while a user edits them, as plain values: what is changed is a copy. Pure. */
import type { FormField, OptionsAsWritten } from '../../../model/published/options-page.ts'

export type Path = readonly (string | number)[]

/** As the daemon names a place: `wans[0].gateway`. */
export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
}

export function valueAt(options: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => {
    if (typeof key === 'number') return Array.isArray(at) ? at[key] : undefined
    return isMapping(at) ? at[key] : undefined
  }, options)
}

/** undefined takes the value away; what leads to it is made where it is missing. */
export function withValue(options: OptionsAsWritten, path: Path, value: unknown): OptionsAsWritten {
  return inside(options, path, value) as OptionsAsWritten
}

/** The entry one place further up or down; where there is none it stays. */
export function withMoved(list: readonly unknown[], from: number, by: -1 | 1): readonly unknown[] {
  const to = from + by
  if (to < 0 || to >= list.length) return list
  const moved = [...list]
  moved.splice(to, 0, ...moved.splice(from, 1))
  return moved
}

export function listAt(options: unknown, path: Path): readonly unknown[] {
  const value = valueAt(options, path)
  return Array.isArray(value) ? value : []
}

/** What a new entry of a list begins with. */
export function blankEntry({ kind }: FormField): unknown {
  return kind === 'mapping' ? {} : ''
}

/** A number where one can be read, else the text: then the daemon says what would be right. */
export function numberOrText(text: string): number | string | undefined {
  const plain = text.trim().replace(',', '.')
  if (plain === '') return undefined
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text
}

/** What stands in a field; what doesn't fit into it is shown as it is written. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Those that a user has named, in their order. */
export function wanNames(options: OptionsAsWritten): readonly string[] {
  return listAt(options, ['wans']).flatMap((wan) => {
    const name = isMapping(wan) ? wan['name'] : undefined
    return typeof name === 'string' && name.trim() !== '' ? [name.trim()] : []
  })
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inside(at: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (typeof key === 'number') {
    const list = Array.isArray(at) ? [...at] : []
    list[key] = inside(list[key], rest, value)
    return list
  }
  const { [key]: old, ...others } = isMapping(at) ? at : {}
  const next = inside(old, rest, value)
  if (next === undefined) return others
  // In its old place, where it has one.
  return isMapping(at) && key in at ? { ...at, [key]: next } : { ...others, [key]: next }
}
