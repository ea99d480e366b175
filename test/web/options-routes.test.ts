import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, command } from './ask.ts'
import { key, OpenedPage } from './opened-page.ts'

const bearer = { authorization: `Bearer ${key}` }
const wans = [{ name: 'dsl', gateway: '192.168.0.1' }]
const problem = {
  path: 'wans[0].gateway',
  found: '"x"',
  right: 'an address',
  text: 'wans[0].gateway: found "x", expected an address',
}

test('whoever may read gets the options and their version', async () => {
  await using page = await OpenedPage.standalone()
  const answer = await ask({ port: page.port, path: '/api/options' })
  assert.equal(answer.status, 200)
  assert.deepEqual(JSON.parse(answer.body), page.options.page)
})

test('options are checked, written, confirmed and put back with the key of commands only', async () => {
  await using page = await OpenedPage.standalone()
  const send = async (path: string, body: object, headers = bearer) => {
    const { status, body: said } = await command(page.port, `/api/options${path}`, body, headers)
    return [status, JSON.parse(said)]
  }
  for (const path of ['', '/check', '/confirm', '/restore']) {
    const { status } = await command(page.port, `/api/options${path}`, { options: {} })
    assert.equal(status, 401, path)
  }
  const [, check] = await send('/check', { options: { wans } })
  assert.deepEqual(check.difference, [{ path: 'wans', before: [], after: wans }])
  const [status, { confirm_until }] = await send('', { options: { wans }, version: 'v0' })
  assert.deepEqual([status, confirm_until], [202, page.options.page.confirm_until])
  assert.deepEqual(page.options.page.options, { wans })
  assert.deepEqual(await send('/confirm', {}), [200, { confirm_until: null }])
  assert.deepEqual(await send('/restore', {}), [202, { confirm_until: null }])
  assert.deepEqual(page.options.page.options, { wans: [] })
})

test('a write that is not done says why', async () => {
  await using page = await OpenedPage.standalone()
  const write = async (body: object) => {
    const { status, body: said } = await command(page.port, '/api/options', body, bearer)
    return [status, JSON.parse(said)]
  }
  const sound = { options: { wans }, version: 'v0' }
  const [conflict] = await write({ ...sound, version: 'old' })
  assert.equal(conflict, 409)
  page.options.failure = 'the disk is full'
  assert.deepEqual(await write(sound), [503, { error: 'the disk is full', problems: [] }])
  page.options.failure = null
  page.options.problems = [problem]
  assert.deepEqual(await write(sound), [
    422,
    { error: 'these options are wrong', problems: [problem] },
  ])
  for (const body of [{ options: [] }, { options: { wans } }, { version: 'v0' }, []]) {
    assert.equal((await write(body))[0], 400, JSON.stringify(body))
  }
})

test('a write is answered though the page closes meanwhile', async () => {
  await using page = await OpenedPage.standalone()
  const gate = Promise.withResolvers<void>()
  page.options.gate = gate.promise
  const write = command(page.port, '/api/options', { options: { wans }, version: 'v0' }, bearer)
  await page.options.asked
  const closing = page.page.close()
  gate.resolve()
  assert.equal((await write).status, 202)
  await closing
})

test('a write that takes too long keeps the page open for a second, and no longer', async () => {
  await using page = await OpenedPage.standalone()
  page.options.gate = new Promise(() => {})
  const write = command(page.port, '/api/options', { options: { wans }, version: 'v0' }, bearer)
  const cut = assert.rejects(write)
  await page.options.asked
  const startMs = performance.now()
  await page.page.close()
  assert.ok(performance.now() - startMs < 2_000)
  await cut
})

test('options may be longer than a command', async () => {
  await using page = await OpenedPage.standalone()
  const long = { options: { notify: ['x'.repeat(300_000)] } }
  assert.equal((await command(page.port, '/api/options/check', long, bearer)).status, 200)
  const tooLong = { options: { notify: ['x'.repeat(500_000)] } }
  assert.equal((await command(page.port, '/api/options/check', tooLong, bearer)).status, 413)
  assert.equal((await command(page.port, '/api/options/confirm', long, bearer)).status, 413)
})
