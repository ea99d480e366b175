/**
 * The form in its languages. That each has exactly the fields of config.yaml is in
 * `test/options/manifest.test.ts`; here is what a reader of one language would stumble over.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parse } from 'yaml'

interface Field {
  readonly name: string
  readonly description: string
  readonly fields?: Fields
}
type Fields = Readonly<Record<string, Field>>

const folder = new URL('../../translations/', import.meta.url)

/** Every name and description by its place, such as `wans.gateway.description`. */
function textsOf(file: string): ReadonlyMap<string, string> {
  const { configuration } = parse(readFileSync(new URL(file, folder), 'utf8'), { version: '1.1' })
  return new Map(inside(configuration, ''))
}

function inside(fields: Fields, prefix: string): [string, string][] {
  return Object.entries(fields).flatMap(([key, { name, description, fields: inner }]) => [
    [`${prefix}${key}.name`, name],
    [`${prefix}${key}.description`, description],
    ...inside(inner ?? {}, `${prefix}${key}.`),
  ])
}

const { schema } = parse(readFileSync(new URL('../config.yaml', folder), 'utf8'))
const english = textsOf('en.yaml')

test('the form is there in English, German, Spanish and French', () => {
  assert.deepEqual(readdirSync(folder).sort(), ['de.yaml', 'en.yaml', 'es.yaml', 'fr.yaml'])
})

/** A list's label alone is shown, never its description: what must be known stands behind its name. */
const lists = [...english.keys()].flatMap((place) => {
  const keys = place.split('.').slice(0, -1)
  const element = keys.reduce<unknown>((inner, key) => Reflect.get(entry(inner), key), schema)
  return place.endsWith('.name') && Array.isArray(element) ? [place] : []
})

for (const file of ['en.yaml', 'de.yaml', 'es.yaml', 'fr.yaml']) {
  test(`in ${file} the label of each list says what goes into it, or what it means to leave it empty`, () => {
    assert.ok(lists.includes('wans.name') && lists.includes('policies.use.name'))
    const texts = textsOf(file)
    const bare = lists.filter((place) => !/\S ?: \S|\(.{4,}\)/.test(texts.get(place) ?? ''))
    assert.deepEqual(bare, [])
  })
}

for (const file of ['de.yaml', 'es.yaml', 'fr.yaml']) {
  describe(file, () => {
    const texts = textsOf(file)

    test('says each thing in the places where English says it', () => {
      assert.deepEqual([...texts.keys()], [...english.keys()])
    })

    test('has no description left in English', () => {
      const left = [...texts].filter(
        ([place, text]) => place.endsWith('.description') && text === english.get(place),
      )
      assert.deepEqual(left, [])
    })

    test("names the same option's values, addresses and examples as English", () => {
      for (const [place, text] of english) {
        const other = texts.get(place) ?? ''
        for (const value of valuesIn(place, text)) {
          assert.ok(other.includes(value), `${place} lacks ${value}: ${other}`)
        }
      }
    })
  })
}

/** What must not be translated: the choices that the form shows, addresses, paths, names. */
function valuesIn(place: string, text: string): readonly string[] {
  const choices = choicesOf(place).filter((choice) => new RegExp(`\\b${choice}\\b`).test(text))
  const literals = text.match(/\b\w+(?:[.:/]+\w+)+\b/g) ?? []
  return [...choices, ...literals]
}

/** The words of a `list(…)` in the form's schema. */
function choicesOf(place: string): readonly string[] {
  const keys = place.split('.').slice(0, -1)
  const element = keys.reduce<unknown>((inner, key) => Reflect.get(entry(inner), key), schema)
  const [, choices = ''] = /^list\((.+)\)/.exec(String(entry(element))) ?? []
  return choices.split('|').filter((choice) => choice !== '')
}

/** A list stands in the schema for each of its entries. */
function entry(element: unknown): object {
  return Object(Array.isArray(element) ? element[0] : element)
}
