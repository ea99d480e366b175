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

/** What is handed over to the add-on: without what the manifest doesn't name. */
export function validated(options: unknown): Validated {
  try {
    return { kind: 'valid', options: dictOf(manifest.schema, options, 'root') }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { kind: 'invalid', message: error.message }
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
  const [, word = '', inside = ''] = /^(\w+)(?:\((.*)\))?\??$/.exec(type) ?? []
  switch (word) {
    case 'str':
    case 'password':
      if (typeof found !== 'string') throw new Invalid(`not a valid value. Got ${show(found)}`)
      return found
    case 'int':
    case 'float':
      return numberOf(word, found, inside.split(',').map(Number))
    case 'port':
      return numberOf('int', found, [1, 65_535])
    case 'bool':
      if (typeof found !== 'boolean') throw new Invalid(`expected boolean. Got ${show(found)}`)
      return found
    case 'list': {
      const words = inside.split('|')
      if (words.includes(String(found))) return String(found)
      throw new Invalid(`value must be one of ${show(words)}. Got ${show(found)}`)
    }
    default:
      throw new Error(`the manifest has a type that this doesn't know: ${type}`)
  }
}

function numberOf(word: 'int' | 'float', found: unknown, [first = 0, last = 0]: number[]): number {
  const number = typeof found === 'string' && found.trim() === '' ? Number.NaN : Number(found)
  if (Number.isNaN(number)) throw new Invalid(`expected ${word}. Got ${show(found)}`)
  if (number < first) throw new Invalid(`value must be at least ${first}. Got ${show(found)}`)
  if (number > last) throw new Invalid(`value must be at most ${last}. Got ${show(found)}`)
  return word === 'int' ? Math.trunc(number) : number
}

function show(found: unknown): string {
  return JSON.stringify(found)
}

function isDict(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
