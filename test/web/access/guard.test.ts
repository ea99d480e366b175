import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Asked, type Entrance, refusalOf } from '../../../src/web/access/guard.ts'

const json = { 'content-type': 'application/json' }
const localhost = { host: 'localhost:8099' }

function refused(entrance: Entrance, asked: Partial<Asked>): number | null {
  const whole = { method: 'GET', path: '/api/state', headers: localhost, ...asked }
  return refusalOf(whole, entrance)?.status ?? null
}

test('standalone without a token, only names of this host itself are answered', () => {
  const names: readonly [string | undefined, number | null][] = [
    ['localhost', null],
    ['LOCALHOST:8099', null],
    ['127.0.0.1:8099', null],
    ['127.1.2.3', null],
    ['[::1]:8099', null],
    ['rebound.example:8099', 403],
    ['localhost.example', 403],
    ['127.0.0.1.example', 403],
    ['192.168.0.3:8099', 403],
    [undefined, 403],
  ]
  for (const [host, status] of names) {
    assert.equal(
      refused('loopback', { headers: host === undefined ? {} : { host } }),
      status,
      String(host),
    )
  }
  assert.equal(refused('token', { headers: { host: 'pi.lan:8099' } }), null)
  assert.equal(refused('ingress', { headers: { host: 'ha.example' } }), null)
})

test('no other method than GET, HEAD and POST is known', () => {
  for (const method of ['GET', 'HEAD']) assert.equal(refused('token', { method }), null)
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
    assert.equal(refused('token', { method }), 405)
  }
})

const posts: readonly [string, Entrance, Record<string, string>, number | null][] = [
  ['without an origin, as by curl', 'loopback', {}, null],
  ['of its own page', 'loopback', { origin: 'http://localhost:8099' }, null],
  ['of another port', 'loopback', { origin: 'http://localhost:3000' }, 403],
  ['of another site', 'loopback', { origin: 'https://evil.example' }, 403],
  ['of a page without an origin', 'loopback', { origin: 'null' }, 403],
  ['that the browser calls same-origin', 'token', { 'sec-fetch-site': 'same-origin' }, null],
  ['that the browser calls same-site', 'token', { 'sec-fetch-site': 'same-site' }, 403],
  ['that the browser calls cross-site', 'token', { 'sec-fetch-site': 'cross-site' }, 403],
  [
    "by Home Assistant's proxy, which tells the browser's name",
    'ingress',
    { host: 'core', origin: 'https://ha.example', 'x-forwarded-host': 'ha.example:443' },
    null,
  ],
  [
    "with a proxy's header where there is no proxy",
    'token',
    { host: 'pi', origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    403,
  ],
]

for (const [name, entrance, headers, status] of posts) {
  test(`a POST ${name} is ${status === null ? 'let through' : 'refused'}`, () => {
    const all = { ...localhost, ...json, ...headers }
    assert.equal(refused(entrance, { method: 'POST', headers: all }), status)
  })
}

test('a POST has a body of JSON, which no form can send; only the login is a form', () => {
  const types: readonly [string | undefined, number | null, number | null][] = [
    ['application/json', null, 415],
    ['Application/JSON; charset=utf-8', null, 415],
    ['text/plain', 415, 415],
    ['text/plain; application/json', 415, 415],
    ['application/x-www-form-urlencoded', 415, null],
    ['multipart/form-data; boundary=x', 415, 415],
    [undefined, 415, 415],
  ]
  for (const [type, command, login] of types) {
    const headers = { ...localhost, ...(type === undefined ? {} : { 'content-type': type }) }
    const post = { method: 'POST', headers }
    assert.equal(refused('token', { ...post, path: '/api/mode' }), command, String(type))
    assert.equal(refused('token', { ...post, path: '/login' }), login, String(type))
  }
})

test("another site can't read the API either, but may link to the page", () => {
  const headers = { ...localhost, 'sec-fetch-site': 'cross-site' }
  assert.equal(refused('loopback', { path: '/api/events', headers }), 403)
  assert.equal(refused('loopback', { path: '/', headers }), null)
})
