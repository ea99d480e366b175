import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { watchOver } from '../../../src/commands/run/watch-over.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { refused } from '../../fakes/stand-in-answer.ts'
import { StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'

const question = 'POST /addons/self/options'

describe("the Supervisor's watchdog", () => {
  let supervisor: StandInSupervisor
  let folder = ''
  let log: RecordedLog

  beforeEach(async () => {
    supervisor = await StandInSupervisor.start()
    folder = mkdtempSync(join(tmpdir(), 'wan-failover-watched-'))
    log = new RecordedLog()
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true })
    await supervisor.close()
  })

  const start = (over: { folder?: null; access?: null } = {}) =>
    watchOver({
      folder,
      access: { token: supervisor.token, baseUrl: supervisor.url },
      log,
      ...over,
    })

  test('is switched on at the first start, which the log says, and never again', async () => {
    supervisor.addon.options = { notify: ['notify.phone'] }
    await start()
    assert.deepEqual(supervisor.requests, [question])
    assert.equal(supervisor.addon.watchdog, true)
    assert.deepEqual(supervisor.addon.options, { notify: ['notify.phone'] }, 'they stay')
    assert.match(log.lines.join('\n'), /watchdog of this add-on is on from now on/)
    await start()
    assert.deepEqual(supervisor.requests, [question])
  })

  test('is tried again at the next start where the Supervisor refused', async () => {
    supervisor.answer('/addons/self/options', refused(403))
    await start()
    assert.doesNotMatch(log.lines.join('\n'), /^info/m)
    supervisor.forget('/addons/self/options')
    await start()
    assert.equal(supervisor.requests.length, 2)
    assert.match(log.lines.join('\n'), /is on from now on/)
  })

  test('is left alone without a Supervisor, and where nothing outlives a restart', async () => {
    await start({ access: null })
    await start({ folder: null })
    assert.deepEqual(supervisor.requests, [])
  })
})
