import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../random.ts'
import { readers } from './hostile-inputs.ts'
import { readHostile } from './read-hostile.ts'

/** `npm run reliability` reads a million. */
const inputs = 500

for (const reader of readers) {
  test(`${reader.what}: nothing that is wrong with it throws, or grows`, () => {
    assert.deepEqual(readHostile(reader, new Random(Date.now()), inputs), [])
  })
}
