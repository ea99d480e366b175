import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { written } from '../../../../src/web/ui/frame/changes.ts'
import {
  numberOrText,
  pathText,
  textOf,
  valueAt,
  wanNames,
  withMoved,
  withValue,
} from '../../../../src/web/ui/options/edited-options.ts'

const options = {
  wans: [{ name: 'dsl', gateway: '192.168.0.1' }, { name: 'lte' }],
  probe: { interval: 2 },
  nat: 'auto',
}

describe('options that are edited', () => {
  test('change at one place, and are copies', () => {
    const before = structuredClone(options)
    const rows: [Parameters<typeof withValue>[1], unknown, object][] = [
      [['nat'], 'never', { ...options, nat: 'never' }],
      [['nat'], undefined, { wans: options.wans, probe: options.probe }],
      [['probe', 'interval'], undefined, { ...options, probe: {} }],
      [
        ['wans', 1, 'metered'],
        true,
        { ...options, wans: [options.wans[0], { name: 'lte', metered: true }] },
      ],
      [['mqtt', 'host'], 'broker', { ...options, mqtt: { host: 'broker' } }],
      [['default_policy', 'use'], ['lte'], { ...options, default_policy: { use: ['lte'] } }],
    ]
    for (const [path, value, wanted] of rows) {
      assert.deepEqual(withValue(options, path, value), wanted, pathText(path))
    }
    assert.deepEqual(options, before)
  })

  test('keep their order', () => {
    const keys = Object.keys(withValue(options, ['probe', 'interval'], 3))
    assert.deepEqual(keys, ['wans', 'probe', 'nat'])
  })

  test('are mended where something stands that fits nowhere', () => {
    assert.deepEqual(withValue({ wans: 'dsl' }, ['wans', 0, 'name'], 'dsl'), {
      wans: [{ name: 'dsl' }],
    })
    assert.equal(valueAt({ wans: 'dsl' }, ['wans', 0, 'name']), undefined)
  })

  test('have entries that move by one place, to the ends of their list', () => {
    const list = ['a', 'b', 'c']
    assert.deepEqual(withMoved(list, 2, -1), ['a', 'c', 'b'])
    assert.deepEqual(withMoved(list, 0, 1), ['b', 'a', 'c'])
    assert.deepEqual(withMoved(list, 0, -1), list)
    assert.deepEqual(withMoved(list, 2, 1), list)
  })

  test('name places as the daemon does', () => {
    assert.equal(pathText(['wans', 0, 'targets', 1]), 'wans[0].targets[1]')
  })

  test('have the names that a policy may use', () => {
    assert.deepEqual(wanNames({ wans: [{ name: ' dsl ' }, { name: '' }, 'x', { name: 3 }] }), [
      'dsl',
    ])
  })
})

test('what is typed for a number is one, or stays as it is typed', () => {
  const rows = [
    ['2', 2],
    [' 0,5 ', 0.5],
    ['-1', -1],
    ['', undefined],
    ['two', 'two'],
    ['1e3', '1e3'],
  ] as const
  for (const [text, wanted] of rows) assert.equal(numberOrText(text), wanted, text)
})

test('what fits into no field is shown as it is written', () => {
  assert.deepEqual([textOf(undefined), textOf(2), textOf({ a: [1] })], ['', '2', '{"a":[1]}'])
  assert.equal(
    written({ use: ['lte', 'dsl'], balance: true }),
    '{ use: [lte, dsl], balance: true }',
  )
})
