import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommand, readRange, readWayQuestion } from '../../src/web/requests.ts'

const known = {
  wans: ['primary', 'secondary'],
  targets: ['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111'],
}

const commands: readonly [Parameters<typeof readCommand>[0], string, unknown][] = [
  ['set_test', '{"on": true}', { kind: 'set_test', on: true }],
  ['set_test', '{"on": false}', { kind: 'set_test', on: false }],
  ['set_mode', '{"mode": "automatic"}', { kind: 'set_mode', mode: 'automatic' }],
  ['set_mode', '{"mode": "secondary"}', { kind: 'set_mode', mode: 'secondary' }],
  ['fail_back', '{}', { kind: 'fail_back' }],
  ['set_test', '{"on": "yes"}', 'on: found "yes", expected true or false'],
  ['set_test', '{}', 'on: found nothing, expected an object like {"on": true}'],
  [
    'set_test',
    '{"on": true, "minutes": 5}',
    'minutes: found "minutes", expected an object like {"on": true}',
  ],
  ['set_test', '', 'the body: found nothing, expected JSON like {"on": true}'],
  ['set_test', 'on=true', 'the body: found "on=true", expected JSON like {"on": true}'],
  ['set_test', '[]', 'the body: found "[]", expected an object like {"on": true}'],
  ['set_test', 'null', 'the body: found "null", expected an object like {"on": true}'],
  ['fail_back', '[]', 'the body: found "[]", expected an object like {}'],
  ['set_mode', '{"mode": "third"}', 'mode: found "third", expected automatic, primary, secondary'],
  ['set_mode', '{"mode": 1}', 'mode: found 1, expected automatic, primary, secondary'],
  ['fail_back', '{"now": 1}', 'now: found "now", expected an object like {}'],
]

for (const [kind, body, expected] of commands) {
  test(`${kind} with the body ${JSON.stringify(body)} is read, or refused with what is right`, () => {
    const read = readCommand(kind, body, known)
    assert.deepEqual(read.kind === 'ok' ? read.value : read.error, expected)
  })
}

test('what was sent is shown shortened', () => {
  const read = readCommand('set_mode', `{"mode": "${'x'.repeat(4000)}"}`, known)
  assert.ok(read.kind === 'wrong' && read.error.length < 200)
})

const ranges: readonly [Record<string, string>, unknown][] = [
  [
    { from: '1000', to: '2000' },
    { fromMs: 1000, toMs: 2000 },
  ],
  [{}, 'from: found nothing, expected milliseconds since 1970, as from=1795255200000'],
  [
    { from: '1000', to: 'now' },
    'to: found "now", expected milliseconds since 1970, as to=1795255200000',
  ],
  [
    { from: '-1', to: '5' },
    'from: found "-1", expected milliseconds since 1970, as from=1795255200000',
  ],
  [{ from: '2000', to: '2000' }, 'to: found "2000", expected a time later than from'],
  [{ from: '0', to: '2678400001' }, 'to: found "2678400001", expected at most 31 days after from'],
]

for (const [query, expected] of ranges) {
  test(`the range ${JSON.stringify(query)} is read, or refused with what is right`, () => {
    const read = readRange(query)
    assert.deepEqual(read.kind === 'ok' ? read.value : read.error, expected)
  })
}

const ways: readonly [Record<string, string>, unknown][] = [
  [{ from: '192.168.0.50' }, { family: 'ipv4', from: '192.168.0.50', to: '1.1.1.1' }],
  [{ from: '2001:db8::5' }, { family: 'ipv6', from: '2001:db8::5', to: '2606:4700:4700::1111' }],
  [
    { from: '10.0.0.1', to: '9.9.9.9' },
    { family: 'ipv4', from: '10.0.0.1', to: '9.9.9.9' },
  ],
  [{}, 'from: found nothing, expected an address, as from=192.168.0.50'],
  [{ from: 'tablet' }, 'from: found "tablet", expected an address, as from=192.168.0.50'],
  [
    { from: '10.0.0.1', to: '2001:db8::1' },
    'to: found "2001:db8::1", expected an IPv4 address like from',
  ],
]

for (const [query, expected] of ways) {
  test(`the question ${JSON.stringify(query)} is read, or refused with what is right`, () => {
    const read = readWayQuestion(query, known)
    assert.deepEqual(read.kind === 'ok' ? read.value : read.error, expected)
  })
}
