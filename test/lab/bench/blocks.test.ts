import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blocksOf, measureBlock } from './blocks.ts'

test('runs come in blocks of at most five', () => {
  assert.deepEqual(blocksOf(12), [
    { first: 0, count: 5 },
    { first: 5, count: 5 },
    { first: 10, count: 2 },
  ])
})

test('each run counts once, and after a failed one the next has a fresh setting', async () => {
  const told: string[] = []
  const result = await measureBlock(
    { first: 5, count: 4 },
    {
      name: 'case',
      open: () => {
        told.push('open')
        return Promise.resolve({
          [Symbol.asyncDispose]: () => {
            told.push('close')
            return Promise.resolve()
          },
        })
      },
      measure: (_, run) =>
        run === 6 ? Promise.reject(new Error('no answer')) : Promise.resolve(run),
      describe: String,
    },
    { runs: 9, progress: (text) => told.push(text) },
  )
  assert.deepEqual(result, { done: [5, 7, 8], failures: ['no answer'] })
  assert.deepEqual(told, [
    'open',
    'case 6/9: 5',
    'close',
    'case 7/9: failed, no answer',
    'open',
    'case 8/9: 7',
    'case 9/9: 8',
    'close',
  ])
})

test('a setting that cannot be opened fails one run at a time', async () => {
  const { done, failures } = await measureBlock(
    { first: 0, count: 2 },
    {
      name: 'case',
      open: () => Promise.reject<AsyncDisposable>(new Error('no house')),
      measure: () => Promise.resolve(1),
      describe: String,
    },
    { runs: 2, progress: () => undefined },
  )
  assert.deepEqual([done, failures], [[], ['no house', 'no house']])
})
