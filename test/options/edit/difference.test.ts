import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hiddenSecret, type OptionsAsWritten } from '../../../src/model/published/options-page.ts'
import { differenceOf } from '../../../src/options/edit/difference.ts'
import { hideSecrets, revealSecrets } from '../../../src/options/edit/secrets.ts'
import { writableOptions } from '../../../src/options/edit/tidy-options.ts'

const dsl = { name: 'dsl', gateway: '192.168.0.1' }
const lte = { name: 'lte', gateway: 'auto' }

type Row = readonly [string, OptionsAsWritten, OptionsAsWritten, readonly string[]]

const rows: readonly Row[] = [
  ['nothing', { wans: [dsl] }, { wans: [dsl] }, []],
  ['a value', { nat: 'auto' }, { nat: 'never' }, ['nat: "auto" -> "never"']],
  [
    'one that was not there',
    { wans: [] },
    { wans: [], probe: { interval: 2 } },
    ['probe: null -> {"interval":2}'],
  ],
  ['one that is gone', { probe: { interval: 2 } }, { probe: {} }, ['probe.interval: 2 -> null']],
  [
    'another order',
    { wans: [dsl, lte] },
    { wans: [lte, dsl] },
    ['wans: ["dsl","lte"] -> ["lte","dsl"]'],
  ],
  [
    'a line more, before the others',
    { wans: [dsl] },
    { wans: [lte, dsl] },
    ['wans[0]: null -> {"name":"lte","gateway":"auto"}'],
  ],
  [
    'a line less',
    { wans: [dsl, lte] },
    { wans: [lte] },
    ['wans[0]: {"name":"dsl","gateway":"192.168.0.1"} -> null'],
  ],
  [
    'a line that is metered now',
    { wans: [dsl, lte] },
    { wans: [dsl, { ...lte, metered: true }] },
    ['wans[1].metered: null -> true'],
  ],
  [
    'an order of words',
    { probe: { methods: ['icmp', 'dns'] } },
    { probe: { methods: ['dns', 'icmp'] } },
    ['probe.methods: ["icmp","dns"] -> ["dns","icmp"]'],
  ],
  [
    'another password, which nobody sees',
    { mqtt: { host: 'a', password: 'old' } },
    { mqtt: { host: 'a', password: 'new' } },
    ['mqtt.password: "•••" -> "••• (new)"'],
  ],
  ['the same password', { mqtt: { password: 'old' } }, { mqtt: { password: 'old' } }, []],
  [
    'a password alone',
    {},
    { mqtt: { password: 'new' } },
    ['mqtt: null -> {"password":"••• (new)"}'],
  ],
]

describe('the difference of options', () => {
  for (const [what, before, after, wanted] of rows) {
    test(`is ${what}`, () => {
      const shown = differenceOf(before, after).map(
        (one) => `${one.path}: ${JSON.stringify(one.before)} -> ${JSON.stringify(one.after)}`,
      )
      assert.deepEqual(shown, wanted)
    })
  }
})

describe('secrets', () => {
  const stored = { mqtt: { host: 'broker', password: 'hush' }, web: { token: 'hush-hush' } }

  test('are hidden, and are what they were where they come back hidden', () => {
    const shown = hideSecrets(stored)
    assert.deepEqual(shown, {
      mqtt: { host: 'broker', password: hiddenSecret },
      web: { token: hiddenSecret },
    })
    assert.deepEqual(revealSecrets(shown, stored), stored)
  })

  test('are new ones where new ones come', () => {
    const options = { mqtt: { host: 'broker', password: 'other' }, web: { token: '' } }
    assert.deepEqual(revealSecrets(options, stored), options)
  })

  test('are nothing where nothing stands', () => {
    assert.deepEqual(revealSecrets({ mqtt: { password: hiddenSecret } }, {}), { mqtt: {} })
  })

  test('are hidden where they stand in the wrong form or place', () => {
    assert.deepEqual(hideSecrets({ mqtt: { password: 1234 } }), {
      mqtt: { password: hiddenSecret },
    })
    assert.deepEqual(hideSecrets({ mqtt: 'hush', web: ['hush'], wans: 'dsl' }), { wans: 'dsl' })
  })
})

test('what a form leaves empty is not written', () => {
  const left = { wans: [{ name: 'dsl', interface: ' ', table: null }], nat: '', probe: {} }
  assert.deepEqual(writableOptions({ ...left, notify: [''] }, {}), {
    wans: [{ name: 'dsl' }],
    notify: [''],
  })
})

test('an empty section stays as it is written, or is none', () => {
  assert.deepEqual(writableOptions({ wans: [], policies: [] }, { wans: [], probe: {} }), {
    wans: [],
    probe: {},
  })
  assert.deepEqual(writableOptions({ probe: {} }, { probe: { interval: 2 } }), { probe: {} })
})
