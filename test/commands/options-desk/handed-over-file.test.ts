/** A file that only root may write, and a hand that takes what is left for it. */
import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { HandedOverFile } from '../../../src/commands/options-desk/handed-over-file.ts'

describe('options that are handed over', () => {
  let folder: string
  let copy: string
  let original: string
  let place: HandedOverFile
  let hand: NodeJS.Timeout | undefined

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'handed-over-'))
    mkdirSync(join(folder, 'run'))
    copy = join(folder, 'run/options.yaml')
    original = join(folder, 'options.yaml')
    writeFileSync(original, 'wans: [] # none yet\n', { mode: 0o640 })
    copyFileSync(original, copy)
    place = new HandedOverFile(copy, original)
  })

  afterEach(() => {
    clearInterval(hand)
    rmSync(folder, { recursive: true })
  })

  test('are written by the hand, for which it waits', async () => {
    // As the units of systemd do it. A watcher whose first look comes late would see no change.
    hand = setInterval(() => {
      if (!existsSync(`${copy}.wanted`)) return
      renameSync(`${copy}.wanted`, original)
      copyFileSync(original, copy)
    }, 50)
    const read = await place.read()
    assert.equal(read.kind === 'ok' && read.whyNot, null)
    assert.deepEqual(await place.put('wans: [] # two soon\n'), { kind: 'done' })
    assert.equal(readFileSync(original, 'utf8'), 'wans: [] # two soon\n')
    assert.ok(!existsSync(`${copy}.wanted`))
  })

  test('are taken back where no hand comes, and the unit is named', async () => {
    place = new HandedOverFile(copy, original, 200)
    const put = await place.put('nat: always\n')
    assert.match(
      put.kind === 'failed' ? put.reason : '',
      /wan-failover-options-save\.path active\?/,
    )
    assert.ok(!existsSync(`${copy}.wanted`))
    assert.match(readFileSync(original, 'utf8'), /none yet/)
  })
})
