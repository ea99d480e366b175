import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { before, test } from 'node:test'
import { TokenGate } from '../../src/web/access/token-gate.ts'
import { VirtualClock } from '../fakes/virtual-clock.ts'
import { ask, command } from './ask.ts'
import { OpenedPage } from './opened-page.ts'

const token = 'correct-horse-battery'
const lan = '192.168.0.3'
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

before(() => {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  execFileSync('ip', ['addr', 'add', `${lan}/32`, 'dev', 'lo'])
})

test('without a token nobody but this host is heard', async () => {
  await using opened = await OpenedPage.standalone()
  await assert.rejects(ask({ host: lan, port: opened.port }), /ECONNREFUSED/)
  assert.equal((await ask({ host: '::1', port: opened.port, path: '/health' })).status, 200)
})

test('with a token every address is served, of both families, and every request needs it', async () => {
  await using opened = await OpenedPage.standalone(token)
  const { port } = opened
  for (const path of ['/', '/api/state', '/api/events', '/health', '/metrics', '/nowhere']) {
    const { status, headers } = await ask({ host: lan, port, path })
    assert.equal(status, 401, path)
    assert.match(headers['www-authenticate'] ?? '', /^Bearer/)
  }
  for (const host of [lan, '127.0.0.1', '::1']) {
    const right = await ask({ host, port, path: '/api/state', headers: bearer(token) })
    assert.equal(right.status, 200, host)
  }
  const post = await command(port, '/api/failback', {})
  assert.deepEqual([post.status, opened.commands], [401, []])
  assert.equal((await command(port, '/api/failback', {}, bearer(token))).status, 202)
})

test('a browser gets a form, and with the right token a cookie that no script or site can use', async () => {
  await using opened = await OpenedPage.standalone(token)
  const { port } = opened
  const asking = await ask({ port, headers: { accept: 'text/html' } })
  assert.equal(asking.status, 401)
  assert.match(asking.body, /<form method="post" action="login">/)
  assert.doesNotMatch(asking.body, /<script|<style|style=| on\w+=/)
  const login = (body: string, headers = {}) =>
    ask({ port, method: 'POST', path: '/login', headers: { ...form, ...headers }, body })
  const wrong = await login('token=not-the-right-one')
  assert.deepEqual(
    [wrong.status, wrong.headers['set-cookie']?.[0]?.includes('Max-Age=0')],
    [401, true],
  )
  assert.equal((await login(`token=${token}`, { origin: 'http://evil.example' })).status, 403)
  const right = await login(`token=${token}`)
  assert.deepEqual([right.status, right.headers.location], [303, './'])
  const [cookie = ''] = right.headers['set-cookie'] ?? []
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/)
  assert.ok(!cookie.includes(token))
  const headers = { cookie: `other=1; ${cookie.split(';')[0]}` }
  assert.equal((await ask({ port, path: '/api/state', headers })).status, 200)
  assert.equal((await command(port, '/api/failback', {}, headers)).status, 202)
})

test('after ten wrong tokens nothing of that address is compared for a minute', async () => {
  await using opened = await OpenedPage.standalone(token)
  const { port } = opened
  const guess = (host: string, text: string) =>
    ask({ host, port, path: '/api/state', headers: bearer(text) })
  for (let n = 0; n < 10; n++) assert.equal((await guess(lan, `wrong-${n}`)).status, 401)
  const refused = await guess(lan, token)
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '60'])
  assert.equal((await guess('127.0.0.1', token)).status, 200)
})

test('wrong tokens shut out neither who is logged in nor another user of this host', async () => {
  await using opened = await OpenedPage.standalone(token)
  const { port } = opened
  const login = { host: lan, port, method: 'POST', path: '/login', headers: form }
  const { headers } = await ask({ ...login, body: `token=${token}` })
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  for (const host of [lan, '127.0.0.1', '::1']) {
    const guess = { host, port, path: '/api/state' }
    for (let n = 0; n < 20; n++) await ask({ ...guess, headers: bearer(`wrong-${n}`) })
    assert.equal((await ask({ ...guess, headers: bearer('wrong') })).status, 429, host)
    assert.equal((await ask({ ...guess, headers: { cookie } })).status, 200, host)
    const right = await ask({ ...guess, headers: bearer(token) })
    assert.equal(right.status, host === lan ? 429 : 200, host)
  }
})

test('the minute passes, and what was forgotten long ago does not count', async () => {
  const clock = new VirtualClock()
  const gate = new TokenGate(token, clock)
  const admit = (text: string, address = 'one') => gate.admit(bearer(text), address)
  for (let n = 0; n < 10; n++) assert.equal(admit('wrong'), 'wrong')
  assert.equal(admit(token), 'too_often')
  await clock.advanceTo(60_001)
  assert.equal(admit(token), 'admitted')
  for (let n = 0; n < 2_000; n++) admit('wrong', `address ${n}`)
  assert.equal(admit(token), 'admitted')
})

test('another token makes the cookies of the one before worthless', () => {
  const clock = new VirtualClock()
  const [cookie = ''] = new TokenGate(token, clock).cookie.split(';')
  assert.equal(new TokenGate(token, clock).admit({ cookie }, 'one'), 'admitted')
  assert.equal(new TokenGate(`${token}-2`, clock).admit({ cookie }, 'one'), 'wrong')
  assert.equal(new TokenGate(token, clock).admit({}, 'one'), 'missing')
})
