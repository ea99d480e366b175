import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { NftTable } from '../../../src/kernel/applying/nft.ts'
import { fakeTool } from '../../fakes/fake-tool.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

const whole = 'table inet wan_failover {\n}\n'
const minuteMs = 60_000

describe('the list of our nft table', () => {
  let folder: string
  let table: NftTable

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wan-failover-nft-'))
    table = new NftTable({ command: join(folder, 'nft'), log: new RecordedLog() })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** An `nft` that says this, whatever it is asked. */
  const say = (script: string) => fakeTool(join(folder, 'nft'), script)
  const sayText = (text: string) => say(`printf '${text.replaceAll('\n', '\\n')}'`)

  test('is what nft says; without nft, or where it knows no such table, there is none', async () => {
    assert.deepEqual(await table.list(), { nft: null })
    table.forget()
    say('echo "Error: No such file or directory" >&2; exit 1')
    assert.deepEqual(await table.list(), { nft: null })
    table.forget()
    sayText(whole)
    assert.deepEqual(await table.list(), { nft: whole })
  })

  test('says why it can not be read, which is not that the table is gone', async () => {
    sayText(whole.slice(0, -2))
    assert.deepEqual(await table.list(), {
      nft: null,
      nftUnread: 'the end of its list is missing',
    })
    say('echo "it broke" >&2; exit 1')
    assert.deepEqual(await table.list(), { nft: null, nftUnread: 'it broke' })
    sayText(whole)
    assert.deepEqual(await table.list(), { nft: whole }, 'asked again at once')
  })

  test('stays as it was where it can not be read again and nobody says that it has changed', async (t) => {
    let nowMs = 1_000
    t.mock.method(performance, 'now', () => nowMs)
    sayText(whole)
    await table.list()
    say('exit 1')
    nowMs += minuteMs
    assert.deepEqual(await table.list(), { nft: whole })
    table.forget()
    assert.notEqual((await table.list()).nftUnread, undefined)
    sayText(whole)
    await table.list()
    nowMs += minuteMs
    sayText(whole.replace('{', '{ # other'))
    assert.match((await table.list()).nft ?? '', /other/)
  })
})
