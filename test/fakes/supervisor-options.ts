/**
 * The options of an add-on as the Supervisor keeps and checks them by the add-on's config.yaml, with
 * its words; written down again from its sources (supervisor/apps/options.py and app.py, 2026.11).
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

type Values = Readonly<Record<string, unknown>>

const manifest = parse(readFileSync(new URL('../../config.yaml', import.meta.url), 'utf8'), {
  version: '1.1',
}) as { readonly options: Values; readonly schema: Values }

const name = 'WAN Failover (local_wan_failover)'

class Invalid extends Error {}

export type Validated =
  | { readonly kind: 'valid'; readonly options: Values }
  | { readonly kind: 'invalid'; readonly message: string }

/** What is kept and handed over: without what the manifest doesn't name, and in its types. */
export function validated(options: unknown): Validated {
  try {
    return { kind: 'valid', options: dictOf(manifest.schema, options, 'root') }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    // It knows what is wrong, but not where: it shows all that it was given.
    return { kind: 'invalid', message: `${error.message}. Got ${shortened(asPython(options))}` }
  }
}

/** The user's own over the manifest's: mappings into each other, everything else in its place. */
export function withDefaults(own: Values): Values {
  return merged(manifest.options, own) as Values
}

function merged(defaults: unknown, own: unknown): unknown {
  if (!isDict(defaults) || !isDict(own)) return own
  const keys = new Set([...Object.keys(defaults), ...Object.keys(own)])
  return Object.fromEntries(
    [...keys].map((key) => [key, key in own ? merged(defaults[key], own[key]) : defaults[key]]),
  )
}

function dictOf(schema: Values, found: unknown, key: string): Values {
  if (!isDict(found)) throw new Invalid(`Invalid dict for option '${key}' in ${name}`)
  const known = Object.entries(found).filter(([inner]) => inner in schema)
  const options = Object.fromEntries(
    known.map(([inner, value]) => [inner, elementOf(schema[inner], value, inner)]),
  )
  for (const [missing, type] of Object.entries(schema)) {
    const element = Array.isArray(type) ? type[0] : type
    if (missing in options || (typeof element === 'string' && element.endsWith('?'))) continue
    throw new Invalid(`Missing option '${missing}' in ${key} in ${name}`)
  }
  return options
}

function elementOf(type: unknown, found: unknown, key: string): unknown {
  if (Array.isArray(type)) {
    if (!Array.isArray(found)) throw new Invalid(`Invalid list for option '${key}' in ${name}`)
    return found.map((one) => elementOf(type[0], one, key))
  }
  if (isDict(type)) return dictOf(type, found, key)
  return singleOf(String(type), found, key)
}

function singleOf(type: string, found: unknown, key: string): unknown {
  if (found === null) throw new Invalid(`Missing required option '${key}' in ${name}`)
  const [, secret] = /^!secret (.*)$/s.exec(String(found)) ?? []
  // None stands in the secrets.yaml of this Home Assistant.
  if (secret !== undefined) throw new Invalid(`Unknown secret '${secret}' in ${name}`)
  const [, word = '', inside = ''] = /^(\w+)(?:\((.*)\))?\??$/.exec(type) ?? []
  switch (word) {
    case 'str':
    case 'password':
      if (typeof found !== 'string') throw new Invalid('not a valid value')
      return found
    case 'int':
    case 'float':
      return numberOf(word, found, inside === '' ? [] : inside.split(',').map(asFloat))
    case 'port':
      return numberOf('int', found, ['1', '65535'])
    case 'bool':
      return booleanOf(found)
    case 'list': {
      const words = inside.split('|')
      if (words.includes(String(found))) return String(found)
      throw new Invalid(`value must be one of ${asPython(words.toSorted())}`)
    }
    default:
      throw new Error(`the manifest has a type that this doesn't know: ${type}`)
  }
}

/** By words as in YAML, and by Python's idea of what is nothing. */
function booleanOf(found: unknown): boolean {
  if (typeof found === 'string') {
    const text = found.toLowerCase()
    if (['1', 'true', 'yes', 'on', 'enable'].includes(text)) return true
    if (['0', 'false', 'no', 'off', 'disable'].includes(text)) return false
    throw new Invalid('expected boolean')
  }
  return Array.isArray(found) ? found.length > 0 : Boolean(found)
}

/** The range in its words, which it shows. */
function numberOf(word: 'int' | 'float', found: unknown, [first, last]: string[]): number {
  const number = word === 'int' ? wholeOf(found) : fractionOf(found)
  if (number === null) throw new Invalid(`expected ${word}`)
  // Written so, NaN is out of every range.
  if (first !== undefined && !(number >= Number(first))) {
    throw new Invalid(`value must be at least ${first}`)
  }
  if (last !== undefined && !(number <= Number(last))) {
    throw new Invalid(`value must be at most ${last}`)
  }
  return number
}

/** null: Python's `int()` doesn't take it. */
function wholeOf(found: unknown): number | null {
  if (typeof found === 'string') return /^\s*[+-]?\d+\s*$/.test(found) ? Number(found) : null
  if (typeof found !== 'number' && typeof found !== 'boolean') return null
  return Math.trunc(Number(found))
}

/** null: Python's `float()` doesn't take it. */
function fractionOf(found: unknown): number | null {
  if (typeof found === 'number' || typeof found === 'boolean') return Number(found)
  if (typeof found !== 'string') return null
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(found) ? Number(found) : null
}

function asFloat(word: string): string {
  return word.includes('.') ? word : `${word}.0`
}

function asPython(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(asPython).join(', ')}]`
  if (!isDict(value)) return String(value)
  const entries = Object.entries(value).map(([key, each]) => `'${key}': ${asPython(each)}`)
  return `{${entries.join(', ')}}`
}

function shortened(text: string): string {
  return text.length <= mostShown ? text : `${text.slice(0, mostShown - 3)}...`
}

const mostShown = 500

function isDict(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
