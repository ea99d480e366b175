/** The page's form against the options that the program knows, and the add-on's own form. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import * as v from 'valibot'
import { parse } from 'yaml'
import type { FormField } from '../../../src/model/published/options-page.ts'
import { formFields } from '../../../src/options/form/form-fields.ts'
import { type Labels, translationFile, webLabels } from '../../../src/options/form/labels.ts'
import { defaultOptions } from '../../../src/options/schema/options-schema.ts'

const root = new URL('../../../', import.meta.url)

type Manifest = { readonly [key: string]: Manifest } | readonly Manifest[] | string

const { schema } = parse(readFileSync(new URL('config.yaml', root), 'utf8'), {
  version: '1.1',
}) as { readonly schema: Manifest }

function labelsOf(language: string): Labels {
  const text = readFileSync(new URL(`translations/${language}.yaml`, root), 'utf8')
  const { configuration } = v.parse(translationFile, parse(text))
  return { ...configuration, ...webLabels(language) }
}

/** Every end of the form with its path; a list's entries stand behind `[]`. */
function leaves(fields: readonly FormField[], prefix = ''): [string, FormField][] {
  return fields.flatMap((field): [string, FormField][] => {
    const path = `${prefix}${field.key}`
    if (field.kind === 'mapping') return leaves(field.fields, `${path}.`)
    if (field.kind !== 'list') return [[path, field]]
    const { entry } = field
    return entry.kind === 'mapping'
      ? leaves(entry.fields, `${path}[].`)
      : [[`${path}[]`, entry] as const].map(([at, one]) => [at, one])
  })
}

function manifestLeaves(at: Manifest, path = ''): [string, string][] {
  if (typeof at === 'string') return [[path, at]]
  if (Array.isArray(at)) return manifestLeaves(at[0], `${path}[]`)
  return Object.entries(at).flatMap(([key, inner]) =>
    manifestLeaves(inner, path === '' ? key : `${path}.${key}`),
  )
}

const form = formFields(labelsOf('en'))

describe('the form of the page', () => {
  test("has the options of the add-on's form, and the page's own place", () => {
    const wanted = [...manifestLeaves(schema).map(([path]) => path), 'web.port', 'web.token']
    assert.deepEqual(
      leaves(form).map(([path]) => path),
      wanted,
    )
    const supervised = formFields(labelsOf('en'), ['web'])
    assert.deepEqual(
      supervised.map(({ key }) => key),
      Object.keys(schema),
    )
  })

  test("has for each the kind that the add-on's form has", () => {
    const fields = new Map(leaves(form))
    for (const [path, type] of manifestLeaves(schema)) {
      const field = fields.get(path)
      const [word = ''] = /^\w+/.exec(type) ?? []
      const range = /\((.+),(.+)\)/.exec(type)
      if (field?.kind === 'number') {
        const [first, last] =
          word === 'port' ? [1, 65_535] : [Number(range?.[1]), Number(range?.[2])]
        assert.deepEqual(
          [field.first, field.last, field.whole],
          [first, last, word !== 'float'],
          path,
        )
      } else if (field?.kind === 'choice') {
        assert.equal(`list(${field.choices.join('|')})`, type.replace('?', ''), path)
      } else {
        const kinds: Readonly<Record<string, string>> = {
          bool: 'flag',
          password: 'secret',
          str: 'text',
        }
        assert.equal(field?.kind, kinds[word], `${path}: ${type}`)
      }
    }
  })

  test('says which must be given, and the defaults of the others', () => {
    const fields = new Map(leaves(form))
    const required = [...fields].filter(([, field]) => field.required).map(([path]) => path)
    assert.deepEqual(required, [
      ...['wans[].name', 'wans[].gateway', 'policies[].name'],
      ...['tunnels[].name', 'forwards[].tunnel', 'forwards[].to'],
    ])
    const lists = form.filter(({ kind, required: must }) => kind === 'list' && must)
    assert.deepEqual(
      lists.map(({ key }) => key),
      ['wans'],
    )
    for (const [path, field] of fields) {
      if (path.includes('[]') || !('default' in field)) continue
      const [section = '', key = ''] = path.split('.')
      const whole: Readonly<Record<string, unknown>> = { ...defaultOptions }
      const value = key === '' ? whole[section] : Reflect.get(whole[section] as object, key)
      assert.deepEqual(field.default, value ?? null, path)
    }
  })

  test('offers the lines where a line is named', () => {
    const named = leaves(form).filter(
      ([, field]) => field.kind === 'text' && field.names === 'wans',
    )
    assert.deepEqual(
      named.map(([path]) => path),
      ['policies[].use[]', 'default_policy.use[]', 'tunnels[].over[]'],
    )
  })

  test('keeps a secret in a list only where its entry is found again by its name', () => {
    const secrets = leaves(form).filter(([, { kind }]) => kind === 'secret')
    assert.deepEqual(
      secrets.map(([path]) => path),
      [
        ...['tunnels[].invitation', 'tunnels[].private_key', 'tunnels[].password'],
        ...['mqtt.password', 'web.token'],
      ],
    )
    assert.ok(leaves(form).some(([path, { required }]) => path === 'tunnels[].name' && required))
  })

  for (const language of ['en', 'de', 'es', 'fr']) {
    test(`has a name and a hint for every field in ${language}`, () => {
      for (const [path, field] of leaves(formFields(labelsOf(language)))) {
        if (path.endsWith('[]')) continue
        assert.ok(field.label.length > 1 && field.hint.length > 10, path)
        assert.notEqual(field.label, field.key, path)
      }
    })
  }
})
