import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { OptionsPage } from '../../src/model/published/options-page.ts'
import type { Snapshot } from '../../src/model/published/snapshot.ts'
import { callItSupervisor, StandInSupervisor } from '../fakes/stand-in-supervisor.ts'
import { selfInfo } from '../fakes/supervisor-answers.ts'
import { House } from '../lab/house/house.ts'
import { monotonicMs } from '../lab/measure/monotonic.ts'
import { waitFor } from '../wait-for.ts'
import { ask, command, type Reply } from './ask.ts'

const port = 8099

/** The page of a daemon, by its own key or by the Supervisor. */
interface Side {
  readonly get: <T>(path: string) => Promise<T>
  readonly post: (path: string, body?: object) => Promise<Reply>
}

async function byKey({ folder }: House): Promise<Side> {
  const { out } = await folder.command('page')
  const [, key = ''] = /#key=([\w-]{43})\n$/.exec(out) ?? []
  return {
    get: async (path) => JSON.parse((await ask({ port, path })).body),
    post: (path, body = {}) => command(port, path, body, { authorization: `Bearer ${key}` }),
  }
}

/** The preferred WAN second. */
function swapped({ options }: OptionsPage): Readonly<Record<string, unknown>> {
  const [first, second] = options['wans'] as readonly unknown[]
  return { ...options, wans: [second, first] }
}

/** The daemon is killed, and the time to confirm passes while it is away. */
async function missTheMinute(house: House): Promise<void> {
  await house.daemon.end('SIGKILL')
  const book = join(house.folder.path, 'options-change.json')
  const kept = JSON.parse(readFileSync(book, 'utf8'))
  const until = new Date(Date.now() - 1_000).toISOString()
  writeFileSync(book, JSON.stringify({ ...kept, pending: { ...kept.pending, until } }))
  house.startAgain()
}

async function waitForActive({ get }: Side, wan: string): Promise<void> {
  await waitFor(async () => (await get<Snapshot>('/api/state').catch(() => null))?.active === wan, {
    deadlineMs: 20_000,
    what: `${wan} to be in use`,
  })
}

test('an order that is changed on the page is in force in a moment, and stays once it is confirmed', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  // What runs may stay on its line: it goes back to the better one as after an outage.
  const stream = await house.lab.client(1).startStream({ newFlows: true })
  const page = await byKey(house)
  const before = await page.get<OptionsPage>('/api/options')
  assert.deepEqual([before.writable, before.where], [true, house.folder.optionsPath])
  const wrong = { ...before.options, nat: 'sometimes' }
  const refused = await page.post('/api/options', { options: wrong, version: before.version })
  assert.equal(refused.status, 422)
  assert.equal(JSON.parse(refused.body).problems[0].path, 'nat')

  const beforeMs = monotonicMs()
  const wanted = { options: swapped(before), version: before.version }
  const { status, body } = await page.post('/api/options', wanted)
  assert.equal(status, 202, body)
  await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 20_000 })
  await waitForActive(page, 'secondary')
  const { options_change } = await page.get<Snapshot>('/api/state')
  assert.equal(options_change?.confirm_until, JSON.parse(body).confirm_until)
  assert.equal((await page.post('/api/options', wanted)).status, 409)

  assert.equal((await page.post('/api/options/confirm')).status, 200)
  await waitFor(async () => !('options_change' in (await page.get<Snapshot>('/api/state'))), {
    deadlineMs: 5_000,
    what: 'nothing to be open any more',
  })
  assert.equal((await page.post('/api/options/restore')).status, 202)
  await waitForActive(page, 'primary')
  await stream.stop()
})

test('a change that nobody confirmed goes back though the daemon was killed meanwhile, and all hear of it', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const page = await byKey(house)
  const before = await page.get<OptionsPage>('/api/options')
  const text = readFileSync(house.folder.optionsPath, 'utf8')
  await page.post('/api/options', { options: swapped(before), version: before.version })
  await waitForActive(page, 'secondary')
  await missTheMinute(house)
  await house.daemon.waitForLine(/the previous options are back, because nobody confirmed/, {
    deadlineMs: 20_000,
  })
  assert.equal(readFileSync(house.folder.optionsPath, 'utf8'), text)
  await waitForActive(page, 'primary')
  const { problems, options_change } = await page.get<Snapshot>('/api/state')
  assert.match(problems.join('\n'), /change of the options was put back .*: nobody confirmed/)
  assert.match(options_change?.put_back?.reason ?? '', /nobody confirmed/)
})

test('options that nobody confirmed are not the last right ones, where wrong ones come back', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    options: { natt: 'auto' },
    waitUntilUp: false,
  })
  await house.daemon.waitForLine(/wrong option: natt/, { deadlineMs: 20_000 })
  const page = await byKey(house)
  const { options, version } = await page.get<OptionsPage>('/api/options')
  const { natt: _, ...mended } = options
  assert.equal((await page.post('/api/options', { options: mended, version })).status, 202)
  await waitForActive(page, 'primary')
  await missTheMinute(house)
  const state = await waitFor(
    async () => {
      const snapshot = await page.get<Snapshot>('/api/state').catch(() => null)
      return snapshot?.options === undefined ? null : snapshot
    },
    { deadlineMs: 20_000, what: 'the wrong options to be back' },
  )
  assert.deepEqual([state.options?.in_force, state.active], ['none', null])
})

test('the add-on’s options go to the Supervisor, and are in force without a restart', async () => {
  callItSupervisor('127.0.0.1')
  execFileSync('ip', ['link', 'set', 'lo', 'up'], { timeout: 5_000 })
  for (const address of [ingress.host, ingress.localAddress]) {
    execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo'], { timeout: 5_000 })
  }
  const supervisor = await StandInSupervisor.start({ port: 80 })
  try {
    await using house = await House.open({
      topology: 'one-subnet',
      circumstances: { environment: { SUPERVISOR_TOKEN: supervisor.token } },
    })
    supervisor.addon.options = JSON.parse(readFileSync(house.folder.optionsPath, 'utf8'))
    const page: Side = {
      get: async (path) => JSON.parse((await ask({ ...ingress, path })).body),
      post: (path, body = {}) => {
        const headers = { 'content-type': 'application/json' }
        return ask({ ...ingress, method: 'POST', path, headers, body: JSON.stringify(body) })
      },
    }
    const before = await page.get<OptionsPage>('/api/options')
    assert.equal(before.source, 'supervisor')
    const wanted = { options: swapped(before), version: before.version }
    assert.equal((await page.post('/api/options', wanted)).status, 202)
    await waitForActive(page, 'secondary')
    const saved = () =>
      (supervisor.addon.options['wans'] as { name: string }[]).map(({ name }) => name)
    assert.deepEqual(saved(), ['secondary', 'primary'])
    assert.equal((await page.post('/api/options/restore')).status, 202)
    await waitForActive(page, 'primary')
    assert.deepEqual(saved(), ['primary', 'secondary'])
    assert.ok(!supervisor.requests.includes('POST /addons/self/restart'))
  } finally {
    await supervisor.close()
  }
})

/** Where the Supervisor asks for the page, and from where. */
const ingress = {
  host: '172.30.32.1',
  localAddress: '172.30.32.2',
  port: selfInfo.ingress_port,
}
