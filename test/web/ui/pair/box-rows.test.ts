import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OtherBoxSnapshot } from '../../../../src/model/published/snapshot.ts'
import { boxesView } from '../../../../src/web/ui/pair/box-rows.ts'
import { boxesTexts } from '../../../../src/web/ui/texts/boxes/language.ts'
import { voice } from '../texts/voices.ts'

const same: OtherBoxSnapshot = {
  version: '0.1.0',
  at: '2026-11-21T12:00:00.000Z',
  seen: '2026-11-21T12:00:00.000Z',
  clock_s: 0,
  differences: [],
  more: 0,
}

function shown(changes: Partial<OtherBoxSnapshot>, tag = 'en'): readonly string[] {
  const { heading, rows } = boxesView({ ...same, ...changes }, '0.1.0', {
    t: boxesTexts(tag),
    formats: voice(tag).formats,
  })
  return [heading, ...rows.map(({ path, before, after }) => `${path} | ${before} | ${after}`)]
}

test('two equal boxes have a version and a clock to show', () => {
  assert.deepEqual(shown({}), [
    'All options that must be equal are equal.',
    'Version | 0.1.0 | 0.1.0',
    'Clock |  | the same',
  ])
})

test('only what differs is shown, and a dash where a box has nothing', () => {
  const differences = [
    { option: 'default_policy', here: '[primary]', there: '[secondary]' },
    { option: 'policies.tv', here: '', there: 'from [all], use [primary]' },
  ]
  assert.deepEqual(shown({ differences, more: 7, version: '0.2.0' }), [
    'Options that should be equal and differ: 9',
    'Version | 0.1.0 | 0.2.0',
    'Clock |  | the same',
    'default_policy | [primary] | [secondary]',
    'policies.tv | – | from [all], use [primary]',
    '… |  | ',
  ])
})

for (const [seconds, tag, text] of [
  [4, 'en', 'the same'],
  [5, 'en', '5 s ahead'],
  [-90, 'en', '90 s behind'],
  [12, 'de', '12 s voraus'],
  [null, 'en', '–'],
] as const) {
  test(`a clock that is ${seconds} s ahead is shown in ${tag} as ${text}`, () => {
    assert.equal(shown({ clock_s: seconds }, tag)[2]?.split(' | ')[2], text)
  })
}
