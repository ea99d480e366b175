import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import * as v from 'valibot'
import { JsonFile } from '../../../src/daemon/memory/json-file.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

describe('a value in a file', () => {
  let folder: string
  let log: RecordedLog
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wan-failover-json-'))
    log = new RecordedLog()
    path = join(folder, 'value.json')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function open(): JsonFile<number[]> {
    return new JsonFile(path, { schema: v.array(v.number()), empty: [], loss: 'it is lost', log })
  }

  test('leaves the old one in its place until the disk has the new one', async () => {
    const file = open()
    file.save([1])
    await file.settled
    file.save([2])
    assert.equal(readFileSync(path, 'utf8'), '[1]')
    assert.deepEqual(open().load(), [2])
    await file.settled
    assert.equal(readFileSync(path, 'utf8'), '[2]')
    assert.deepEqual(readdirSync(folder), ['value.json'])
  })

  test('that the power cut short gives way to the one before, without a word', () => {
    writeFileSync(path, '[1]')
    for (const torn of ['', '[2', '\0\0\0']) {
      writeFileSync(`${path}.new`, torn)
      assert.deepEqual(open().load(), [1])
    }
    assert.deepEqual(log.lines, [])
  })

  test('of several that are saved at once, by several even, the last one stays', async () => {
    const files = [open(), open()]
    for (let i = 0; i < 20; i += 1) files[i % 2]?.save([i])
    assert.deepEqual(open().load(), [19])
    await Promise.all(files.map((file) => file.settled))
    assert.equal(readFileSync(path, 'utf8'), '[19]')
    assert.deepEqual(readdirSync(folder), ['value.json'])
    assert.deepEqual(log.lines, [])
  })
})
