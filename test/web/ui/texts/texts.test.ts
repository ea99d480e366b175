import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boxesTexts } from '../../../../src/web/ui/texts/boxes/language.ts'
import { changeTexts } from '../../../../src/web/ui/texts/change/language.ts'
import { de } from '../../../../src/web/ui/texts/de.ts'
import { en } from '../../../../src/web/ui/texts/en.ts'
import { es } from '../../../../src/web/ui/texts/es.ts'
import { fr } from '../../../../src/web/ui/texts/fr.ts'
import { guideTexts } from '../../../../src/web/ui/texts/guide/language.ts'
import { optionsTexts } from '../../../../src/web/ui/texts/options/language.ts'

type Entry = readonly [path: string, text: string]

/** Every text, those with gaps filled by marks; an event's names are marks as well. */
function entries(table: object, path = ''): Entry[] {
  return Object.entries(table).flatMap(([key, value]): Entry[] => {
    const here = `${path}/${key}`
    if (typeof value === 'string') return [[here, value]]
    if (typeof value === 'object') return entries(value, here)
    const say = value as (...gaps: unknown[]) => string
    const names = { from: '«1»', to: '«2»', wan: '«3»' }
    return path.endsWith('/events') ? [[here, say(names)]] : [[here, say('«1»', '«2»')]]
  })
}

function marks(text: string): string {
  return [...text.matchAll(/«\d»/g)]
    .map(([mark]) => mark)
    .sort()
    .join()
}

/** Those in files that are loaded later. */
function later(language: string) {
  return {
    boxes: boxesTexts(language),
    change: changeTexts(language),
    guide: guideTexts(language),
    options: optionsTexts(language),
  }
}

const english = new Map(entries({ page: en, ...later('en') }))

for (const [language, page] of Object.entries({ de, es, fr })) {
  const table = { page, ...later(language) }

  test(`${language} fills the same gaps as English, and leaves no text empty`, () => {
    for (const [path, text] of entries(table)) {
      assert.notEqual(text.trim(), '', path)
      assert.equal(marks(text), marks(english.get(path) ?? ''), `${path}: ${text}`)
    }
  })

  test(`${language} is no copy of English`, () => {
    const same = entries(table).filter(([path, text]) => text === english.get(path))
    // Names and words that are the same in both languages remain.
    assert.ok(same.length < 24, same.map(([path]) => path).join(' '))
  })
}
