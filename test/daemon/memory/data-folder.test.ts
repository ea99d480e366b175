import assert from 'node:assert/strict'
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { dataFolder } from '../../../src/daemon/memory/data-folder.ts'
import { emptyBook } from '../../../src/decision/metered-months.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { waitFor } from '../../wait-for.ts'

const fresh = { mode: 'automatic', mayOverride: false }

describe('the data folder', () => {
  let folder: string
  let log: RecordedLog
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wan-failover-data-'))
    log = new RecordedLog()
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function holds(...names: readonly string[]): Promise<void> {
    const what = `${names.join(', ')} to be there alone`
    await waitFor(() => isDeepStrictEqual(readdirSync(folder), names), { what })
  }

  test('gives back what was saved, and leaves no other file', async () => {
    const memory = dataFolder(folder, log)
    memory.save({ mode: 'secondary', mayOverride: true })
    assert.deepEqual(memory.load(), { mode: 'secondary', mayOverride: true })
    await holds('state.json')
  })

  test('starts afresh where nothing was saved, without a word', () => {
    assert.deepEqual(dataFolder(folder, log).load(), fresh)
    assert.deepEqual(log.lines, [])
  })

  test('starts afresh from a torn or strange file, and says so', () => {
    for (const text of ['{"mode": "sec', '[]', '{"mode": 7, "mayOverride": false}']) {
      writeFileSync(join(folder, 'state.json'), text)
      assert.deepEqual(dataFolder(folder, log).load(), fresh)
    }
    assert.equal(log.matching(/starts empty/).length, 3)
  })

  test('a link in the place of what it writes is replaced, and what it leads to is left alone', async () => {
    const theirs = join(folder, 'theirs')
    writeFileSync(theirs, 'theirs', { mode: 0o644 })
    for (const name of ['state.json.new', 'state.json']) symlinkSync(theirs, join(folder, name))
    const memory = dataFolder(folder, log)
    memory.save({ mode: 'secondary', mayOverride: true })
    await holds('state.json', 'theirs')
    assert.equal(readFileSync(theirs, 'utf8'), 'theirs')
    assert.deepEqual(memory.load(), { mode: 'secondary', mayOverride: true })
    assert.equal(lstatSync(join(folder, 'state.json')).mode, 0o100600)
    assert.deepEqual(log.lines, [])
  })

  test('a leftover of a killed daemon, open to others, is replaced by a file of our own', async () => {
    writeFileSync(join(folder, 'state.json.new'), '{"mode":', { mode: 0o666 })
    dataFolder(folder, log).save({ mode: 'secondary', mayOverride: true })
    await holds('state.json')
    assert.equal(lstatSync(join(folder, 'state.json')).mode, 0o100600)
    assert.deepEqual(log.lines, [])
  })

  test('a folder that can not be written to costs the memory, not the daemon', () => {
    dataFolder('/proc/nowhere', log).save({ mode: 'secondary', mayOverride: false })
    assert.equal(log.matching(/not survive/).length, 1)
  })

  test("gives back the metered WANs' months, in a file of their own", async () => {
    const memory = dataFolder(folder, log)
    assert.deepEqual(memory.loadBook(), emptyBook)
    const bytes = { 'sent.stick': 4_711 }
    const book = { months: { stick: { month: '2026-11-01', bytes } }, counters: bytes }
    memory.saveBook(book)
    assert.deepEqual(dataFolder(folder, log).loadBook(), book)
    await holds('metering.json')
    writeFileSync(join(folder, 'metering.json'), '{"months": {"stick": 7}, "counters": {}}')
    assert.deepEqual(dataFolder(folder, log).loadBook(), emptyBook)
    assert.equal(log.matching(/starts empty/).length, 1)
  })

  test('without a folder nothing is remembered', () => {
    const memory = dataFolder(null, log)
    memory.save({ mode: 'secondary', mayOverride: true })
    assert.deepEqual(memory.load(), fresh)
  })
})
