/** The options of the add-on, with a Supervisor that checks as the real one does. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import { Desk } from '../../../src/commands/options-desk/desk.ts'
import { FormTexts } from '../../../src/commands/options-desk/form-texts.ts'
import {
  neverLeftOut,
  SupervisedOptions,
} from '../../../src/commands/options-desk/supervised-options.ts'
import { OwnOptions } from '../../../src/homeassistant/supervisor/own-options.ts'
import { SupervisorApi } from '../../../src/homeassistant/supervisor/supervisor-api.ts'
import { parseOptions } from '../../../src/options/parse-options.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { ok, refused } from '../../fakes/stand-in-answer.ts'
import { StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { VirtualClock } from '../../fakes/virtual-clock.ts'
import { waitFor } from '../../wait-for.ts'

const dsl = { name: 'dsl', gateway: '192.168.0.1' }
const lte = { name: 'lte', gateway: '192.168.0.2' }
const mqtt = { host: 'broker', username: 'me', password: 'hush' }

test('what the Supervisor refuses to miss is what the manifest has defaults for', () => {
  const manifest = parse(readFileSync(new URL('../../../config.yaml', import.meta.url), 'utf8'))
  assert.deepEqual(neverLeftOut, manifest.options)
})

describe('the options of the add-on', () => {
  let folder: string
  let path: string
  let supervisor: StandInSupervisor
  let clock: VirtualClock
  let log: RecordedLog
  let desk: Desk

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'supervised-options-'))
    path = join(folder, 'options.json')
    writeFileSync(path, JSON.stringify({ ...neverLeftOut, wans: [dsl, lte], mqtt }))
    supervisor = await StandInSupervisor.start()
    supervisor.addon.options = { wans: [dsl, lte], mqtt }
    clock = new VirtualClock()
    log = new RecordedLog()
    desk = deskAt(path)
  })

  afterEach(async () => {
    desk.close()
    await supervisor.close()
    rmSync(folder, { recursive: true })
  })

  function deskAt(file: string): Desk {
    const { token, url: baseUrl } = supervisor
    const own = new OwnOptions(new SupervisorApi({ token, baseUrl, timeoutMs: 1_000 }))
    const place = new SupervisedOptions(own, file, log)
    const form = new FormTexts(new URL('../../../translations/', import.meta.url), place.without)
    return new Desk({ place, folder, form, clock, log })
  }

  const handedOver = () => JSON.parse(readFileSync(path, 'utf8'))

  async function written(options: Readonly<Record<string, unknown>>) {
    const { version } = await desk.read('en')
    return desk.write(options, version)
  }

  test('are those that the Supervisor keeps, also where the file is older', async () => {
    supervisor.addon.options = { wans: [lte, dsl], mqtt }
    const page = await desk.read('en')
    assert.deepEqual(page.options['wans'], [lte, dsl])
    assert.equal(page.source, 'supervisor')
    assert.ok(page.form.every(({ key }) => key !== 'web'))
    assert.doesNotMatch(JSON.stringify(page), /hush/)
  })

  test('are kept by the Supervisor, and in force without a restart', async () => {
    const { options } = await desk.read('en')
    const result = await written({ ...options, wans: [lte, dsl] })
    assert.equal(result.kind, 'written')
    assert.deepEqual(supervisor.addon.options['wans'], [lte, dsl])
    assert.deepEqual(supervisor.addon.options['mqtt'], mqtt, 'with the password')
    assert.deepEqual(handedOver(), supervisor.addon.options)
    assert.equal(parseOptions(JSON.stringify(handedOver())).kind, 'ok')
    assert.ok(!supervisor.requests.includes('POST /addons/self/restart'))
  })

  test('are whole for the Supervisor, though the page leaves out what has a default', async () => {
    assert.equal((await written({ wans: [dsl, lte], nat: 'always' })).kind, 'written')
    assert.deepEqual(supervisor.addon.options, { ...neverLeftOut, wans: [dsl, lte], nat: 'always' })
  })

  test('are taken at a restart where their file can not be written', async () => {
    desk.close()
    desk = deskAt(join(folder, 'none/options.json'))
    assert.equal((await written({ wans: [lte, dsl] })).kind, 'written')
    assert.ok(supervisor.requests.includes('POST /addons/self/restart'))
    assert.deepEqual(supervisor.addon.options['wans'], [lte, dsl])
  })

  test('are not written where the Supervisor has something against them', async () => {
    const objection = refused(400, 'value must be one of')
    supervisor.answer('/addons/self/options', objection)
    const result = await written({ wans: [lte, dsl] })
    assert.match(result.kind === 'failed' ? result.reason : '', /refuses: value must be one of/)
    assert.deepEqual(handedOver().wans, [dsl, lte])
    assert.equal((await desk.read('en')).confirm_until, null)
    assert.equal((await desk.read('en')).previous, null)
  })

  test('are refused at the field of a secret that Home Assistant does not know', async () => {
    const wanted = { wans: [dsl, lte], mqtt: { username: 'me', password: '!secret pw' } }
    const { problems } = await desk.check(wanted)
    const right = 'a secret that stands in the secrets.yaml of Home Assistant'
    assert.deepEqual(
      problems.map(({ text: _, ...problem }) => problem),
      [{ path: 'mqtt.password', found: 'a hidden string', right }],
    )
  })

  test('are refused in words that show no password', async () => {
    const given = "{'mqtt': {'password': 'hush'}}"
    const body = { message: `expected boolean. Got ${given}`, valid: false }
    supervisor.answer('/addons/self/options/validate', ok(body))
    const { problems } = await desk.check({ wans: [lte, dsl] })
    assert.deepEqual(
      problems.map(({ path, text }) => [path, text]),
      [['options', 'expected boolean']],
    )
    supervisor.forget('/addons/self/options/validate')
    supervisor.answer('/addons/self/options', refused(400, `expected boolean. Got ${given}`))
    const result = await written({ wans: [lte, dsl] })
    const reason = 'the Supervisor refuses: expected boolean'
    assert.deepEqual(result, { kind: 'failed', reason })
  })

  test('are shown from their file while the Supervisor does not answer, but not written', async () => {
    supervisor.answer('/addons/self/info', 'cut')
    const page = await desk.read('en')
    assert.deepEqual([page.writable, page.options['wans']], [false, [dsl, lte]])
    assert.match(page.why_not ?? '', /the Supervisor/)
    assert.equal((await desk.write({ wans: [] }, page.version)).kind, 'failed')
  })

  test('go back by themselves, and the Supervisor is told', async () => {
    await written({ wans: [lte, dsl], mqtt })
    await clock.advanceTo(60_000)
    const back = () => isDeepStrictEqual(supervisor.addon.options['wans'], [dsl, lte])
    await waitFor(back, { deadlineMs: 5_000, what: 'the old options to be back' })
    await waitFor(
      () => desk.change?.confirm_until === null && handedOver().wans[0].name === 'dsl',
      {
        deadlineMs: 5_000,
        what: 'them to be in force',
      },
    )
    assert.deepEqual(handedOver().mqtt, mqtt)
  })

  test('go back in force though they have cost the way to the Supervisor, which is told later', async () => {
    await written({ wans: [lte, dsl], mqtt })
    for (const path of ['info', 'options', 'options/config']) {
      supervisor.answer(`/addons/self/${path}`, 'cut')
    }
    await clock.advanceTo(60_000)
    await waitFor(() => handedOver().wans[0].name === 'dsl', {
      deadlineMs: 5_000,
      what: 'the old options to be in force',
    })
    await waitFor(() => log.matching(/can't be put back: the Supervisor/).length > 0, {
      deadlineMs: 5_000,
      what: 'the complaint',
    })
    assert.deepEqual(supervisor.addon.options['wans'], [lte, dsl])
    supervisor.forget('/addons/self/info')
    supervisor.forget('/addons/self/options')
    supervisor.forget('/addons/self/options/config')
    await clock.advanceTo(120_000)
    await waitFor(() => log.matching(/the previous options are back/).length > 0, {
      deadlineMs: 5_000,
      what: 'the Supervisor to be told',
    })
    assert.deepEqual(supervisor.addon.options['wans'], [dsl, lte])
    assert.ok(existsSync(path))
  })
})
