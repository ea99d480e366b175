/** The options by the page, with a real file and a clock that the test moves. */
import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Desk } from '../../../src/commands/options-desk/desk.ts'
import { FormTexts } from '../../../src/commands/options-desk/form-texts.ts'
import { OptionsFile } from '../../../src/commands/options-desk/options-file.ts'
import type { OptionsPlace, Put } from '../../../src/commands/options-desk/options-place.ts'
import { hiddenSecret, type OptionsChange } from '../../../src/model/published/options-page.ts'
import type { Written } from '../../../src/web/options-routes.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'

const first = `# mine
wans:
  - { name: dsl, gateway: 192.168.0.1 } # the good one
  - { name: lte, gateway: 192.168.0.2 }
mqtt: { host: broker, username: me, password: hush }
`

const dsl = { name: 'dsl', gateway: '192.168.0.1' }
const lte = { name: 'lte', gateway: '192.168.0.2' }
const mqtt = { host: 'broker', username: 'me', password: hiddenSecret }
const startMs = Date.UTC(2026, 10, 28, 10)

describe('the options by the page', () => {
  let folder: string
  let path: string
  let clock: VirtualClock
  let log: RecordedLog
  let told: (OptionsChange | null)[]
  let desk: Desk

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'options-desk-'))
    path = join(folder, 'options.yaml')
    writeFileSync(path, first, { mode: 0o640 })
    log = new RecordedLog()
    told = []
    desk = started()
  })

  afterEach(() => {
    desk.close()
    rmSync(folder, { recursive: true })
  })

  /** As after a restart, so many seconds after the first start. */
  function started(afterSeconds = 0, place: OptionsPlace = new OptionsFile(path)): Desk {
    clock = new VirtualClock(startMs + afterSeconds * 1000)
    const form = new FormTexts(new URL('../../../translations/', import.meta.url), place.without)
    const made = new Desk({ place, folder, form, clock, log })
    made.attend({ refusals: async () => [], tell: (change) => told.push(change) })
    return made
  }

  async function written(options: Readonly<Record<string, unknown>>): Promise<Written> {
    const { version } = await desk.read('en')
    return desk.write(options, version)
  }

  const text = () => readFileSync(path, 'utf8')
  const inSeconds = (seconds: number) => clock.advanceTo(seconds * 1000)

  test('are shown as they are written, with no secret, and with a form in the language', async () => {
    const page = await desk.read('de-AT')
    assert.deepEqual(page.options, { wans: [dsl, lte], mqtt })
    assert.deepEqual(
      [page.writable, page.why_not, page.source, page.where],
      [true, null, 'file', path],
    )
    assert.deepEqual([page.previous, page.confirm_until, page.put_back], [null, null, null])
    assert.match(JSON.stringify(page.form), /Deine Leitungen|Ihre Leitungen|Internetleitung/i)
    assert.doesNotMatch(JSON.stringify(page), /hush/)
    const english = await desk.read('xx')
    assert.match(JSON.stringify(english.form), /your Internet lines/)
  })

  test('are checked by the daemon’s own parser, field by field, and nothing is written', async () => {
    const wrong = { wans: [{ ...dsl, gateway: '192.168.0.300' }, lte], mqtt, natt: 'auto' }
    const check = await desk.check(wrong)
    assert.deepEqual(
      check.problems.map(({ path: at, found }) => [at, found]),
      [
        ['wans[0].gateway', '"192.168.0.300"'],
        ['natt', 'an unknown option'],
      ],
    )
    assert.deepEqual(
      check.difference.map(({ path: at }) => at),
      ['wans[0].gateway', 'natt'],
    )
    assert.match(check.yaml, /password: \(unchanged\)/)
    const result = await written(wrong)
    assert.equal(result.kind === 'wrong' && result.problems.length, 2)
    assert.equal(text(), first)
  })

  test('are refused for what this host has against them', async () => {
    const path = 'wans[0].table'
    const refused = { path, found: '100', expected: 'a table for this WAN alone' }
    desk.attend({ refusals: async () => [refused], tell: () => {} })
    const result = await written({ wans: [dsl, lte], nat: 'always' })
    assert.equal(result.kind === 'wrong' && result.problems[0]?.path, path)
    assert.equal(text(), first)
  })

  test('are written with comments, mode and secrets as they were', async () => {
    const result = await written({ wans: [lte, dsl], mqtt, nat: '', notify: null })
    assert.deepEqual(result, { kind: 'written', confirmUntil: '2026-11-28T10:01:00.000Z' })
    assert.match(text(), /^# mine\nwans:\n.*name: lte.*\n.*name: dsl.*# the good one\n/)
    assert.match(text(), /password: hush/)
    assert.doesNotMatch(text(), /nat|notify/)
    assert.equal(statSync(path).mode & 0o777, 0o640)
    const book = join(folder, 'options-change.json')
    assert.equal(statSync(book).mode & 0o777, 0o600)
  })

  test('are written through a link, which stays', async () => {
    mkdirSync(join(folder, 'real'))
    writeFileSync(join(folder, 'real/options.yaml'), first)
    rmSync(path)
    symlinkSync('real/options.yaml', path)
    await written({ wans: [lte, dsl], mqtt })
    assert.match(
      readFileSync(join(folder, 'real/options.yaml'), 'utf8'),
      /name: lte.*\n.*name: dsl/,
    )
  })

  test('are not written over what others have changed meanwhile', async () => {
    const { version } = await desk.read('en')
    writeFileSync(path, `${first}nat: never\n`)
    const result = await desk.write({ wans: [dsl, lte] }, version)
    assert.equal(result.kind, 'conflict')
    assert.equal(text(), `${first}nat: never\n`)
  })

  test('go back by themselves where nobody says that the page is still there', async () => {
    await written({ wans: [lte, dsl], mqtt })
    await inSeconds(59)
    assert.notEqual(text(), first)
    await inSeconds(60)
    assert.equal(text(), first)
    const reason = 'nobody confirmed the new ones within 60 s'
    assert.deepEqual(log.matching(/back/), [
      `warn: the previous options are back, because ${reason}`,
    ])
    const { put_back, confirm_until } = await desk.read('en')
    assert.deepEqual([put_back?.reason, confirm_until], [reason, null])
    assert.equal(told.at(-1)?.put_back?.reason, reason)
    assert.deepEqual(await desk.confirm(), { kind: 'written', confirmUntil: null })
    assert.equal(told.at(-1), null, 'it was seen')
  })

  test('stay once somebody has said so, and can be put back later', async () => {
    await written({ wans: [lte, dsl], mqtt })
    const changed = text()
    assert.equal((await desk.confirm()).kind, 'written')
    await inSeconds(600)
    assert.equal(text(), changed)
    assert.equal((await desk.confirm()).kind, 'conflict')
    assert.deepEqual(await desk.restore(), { kind: 'written', confirmUntil: null })
    assert.equal(text(), first)
    await desk.restore()
    assert.equal(text(), changed, 'and the other way')
  })

  test('go back to the last confirmed ones, through several changes', async () => {
    await written({ wans: [lte, dsl], mqtt })
    await inSeconds(50)
    await written({ wans: [lte, dsl], mqtt, nat: 'always' })
    await inSeconds(109)
    assert.match(text(), /always/)
    await inSeconds(110)
    assert.equal(text(), first)
  })

  test('go back though the process has ended meanwhile', async () => {
    await written({ wans: [lte, dsl], mqtt })
    desk.close()
    desk = started(30)
    assert.equal(desk.change?.confirm_until, '2026-11-28T10:01:00.000Z')
    await inSeconds(29)
    assert.notEqual(text(), first)
    await inSeconds(30)
    assert.equal(text(), first)
  })

  test('go back at once where it comes back too late', async () => {
    await written({ wans: [lte, dsl], mqtt })
    desk.close()
    desk = started(3_600)
    await inSeconds(0)
    assert.equal(text(), first)
  })

  test('wait no longer where the clock was set back', async () => {
    await written({ wans: [lte, dsl], mqtt })
    desk.close()
    desk = started(-86_400)
    await inSeconds(60)
    assert.equal(text(), first)
  })

  test('stay where somebody has edited the file by hand meanwhile', async () => {
    await written({ wans: [lte, dsl], mqtt })
    const byHand = `${first}nat: never\n`
    writeFileSync(path, byHand)
    await inSeconds(60)
    assert.equal(text(), byHand)
    assert.deepEqual(log.matching(/changed elsewhere/).length, 1)
  })

  test('go back for any other reason too, and say which', async () => {
    await written({ wans: [lte, dsl], mqtt })
    await desk.confirm()
    const result = await desk.putBack('this host has lost its gateway')
    assert.equal(result.kind, 'written')
    assert.equal(text(), first)
    assert.equal(desk.change?.put_back?.reason, 'this host has lost its gateway')
  })

  test('are tried to be put back until that is done, also after a restart', async () => {
    await written({ wans: [lte, dsl], mqtt })
    desk.close()
    const stubborn = new StubbornPlace(path)
    desk = started(0, stubborn)
    await inSeconds(70)
    assert.equal(log.matching(/can't be put back: the disk is full/).length, 1)
    desk.close()
    desk = started(80)
    await inSeconds(5)
    assert.equal(text(), first)
  })

  test('are not begun where they could not be put back', async () => {
    desk.close()
    // A folder in its place: nothing can be kept.
    mkdirSync(join(folder, 'options-change.json'))
    desk = started()
    const result = await written({ wans: [lte, dsl], mqtt })
    assert.match(result.kind === 'failed' ? result.reason : '', /nothing was written/)
    assert.equal(text(), first)
  })

  test('stay where they are written wrong: the page says what has to be mended by hand', async () => {
    writeFileSync(path, 'wans: [\n')
    const page = await desk.read('en')
    assert.equal(page.writable, false)
    assert.match(page.why_not ?? '', /options\.yaml can't be read: line 2/)
    const result = await desk.write({ wans: [] }, page.version)
    assert.equal(result.kind, 'failed')
    assert.equal(text(), 'wans: [\n')
  })

  test('begin where there is no file yet', async () => {
    rmSync(path)
    const page = await desk.read('en')
    assert.deepEqual([page.writable, page.options], [true, {}])
    await written({ wans: [dsl, lte] })
    assert.match(text(), /^wans:\n {2}- name: dsl\n/)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  test('go back to none where there was no file', async () => {
    rmSync(path)
    await written({ wans: [dsl, lte] })
    await inSeconds(60)
    assert.equal(text(), 'wans: []\n')
  })

  test('are on trial until they are confirmed or back', async () => {
    assert.equal(desk.areOnTrial, false)
    await written({ wans: [lte, dsl], mqtt })
    assert.equal(desk.areOnTrial, true)
    await desk.confirm()
    assert.equal(desk.areOnTrial, false)
    await written({ wans: [dsl, lte], mqtt })
    await inSeconds(60)
    assert.equal(desk.areOnTrial, false)
  })

  test('are not writable where their folder is not there', async () => {
    desk.close()
    desk = started(0, new OptionsFile(join(folder, 'none/options.yaml')))
    const { writable, why_not } = await desk.read('en')
    assert.equal(writable, false)
    assert.match(why_not ?? '', /may not write .*none\/options\.yaml \(ENOENT\)/)
  })
})

class StubbornPlace extends OptionsFile {
  override async put(): Promise<Put> {
    return { kind: 'failed', reason: 'the disk is full' }
  }
}
