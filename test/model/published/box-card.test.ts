import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  clockDifference,
  differencesOf,
  equalOptionsOf,
  maxCardBytes,
} from '../../../src/model/published/box-card.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { two } from '../../options/refused.ts'

const pair = (role: string) => `pair: { address: 192.168.0.5/24, role: ${role} }\n`

const cardOf = (text: string) => equalOptionsOf(settingsOf(text))

test('a card has what must be equal on both boxes, by the options’ names', () => {
  const policies = 'policies: [{ name: tv, from: [192.168.0.9], use: [secondary] }]\n'
  assert.deepEqual(cardOf(`${two}${pair('first')}${policies}`), {
    'pair.address': '192.168.0.5/24',
    'pair.address6': 'none',
    'pair.group': '51',
    'pair.speed': '0.3 s',
    wans: '[primary, secondary]',
    'wans.primary.gateway': '192.168.0.1',
    'wans.primary.gateway6': 'none',
    'wans.primary.metered': 'false',
    'wans.primary.weight': '1',
    'wans.primary.inbound': 'open',
    'wans.secondary.gateway': '192.168.0.2',
    'wans.secondary.gateway6': 'none',
    'wans.secondary.metered': 'false',
    'wans.secondary.weight': '1',
    'wans.secondary.inbound': 'open',
    policies: '[tv]',
    'policies.tv': 'from [192.168.0.9], use [secondary]',
    default_policy: '[primary, secondary]',
    failback: 'graceful, after 30 s, at most 300 s',
    sidestep: 'auto',
    nat: 'auto',
    dns_rescue: 'auto',
    tunnels: '[]',
    forwards: '[]',
  })
})

test('what differs by nature is not in it', () => {
  const first = `${two}${pair('first')}`
  const second = `
wans:
  - { name: primary, gateway: 192.168.0.1, interface: eth7, table: 200 }
  - { name: secondary, gateway: 192.168.0.2, interface: eth7 }
pair: { address: 192.168.0.5/24, role: second, peer: 192.168.0.3, interface: eth7 }
mqtt: { host: 192.168.0.10, username: other }
log_level: debug
notify: [notify.mobile_app_phone]
`
  assert.deepEqual(differencesOf(cardOf(first), cardOf(second)), [])
})

test('no secret is in it', () => {
  const secrets = ['c2VjcmV0LW9mLXRoZS1icm9rZXI', 'a-token-that-nobody-may-see', key]
  const text = `${two}${pair('first')}
mqtt: { host: 192.168.0.10, username: me, password: ${secrets[0]} }
web: { token: ${secrets[1]} }
tunnels:
  - { name: home_ip, endpoint: "203.0.113.9:51820", private_key: ${key}, peer_key: ${peerKey},
      address: [10.99.0.2/32] }
`
  const said = JSON.stringify(cardOf(text))
  for (const secret of [...secrets, peerKey]) assert.ok(!said.includes(secret), secret)
  assert.ok(said.includes('"tunnels.home_ip.endpoint":"203.0.113.9:51820"'), said)
})

for (const [what, added, expected] of [
  ['the order of the lines', 'default_policy: { use: [secondary] }', 'default_policy'],
  ['the way back', 'failback: { mode: immediate }', 'failback'],
  ['a policy', 'policies: [{ name: tv, from: [all], use: [primary] }]', 'policies, policies.tv'],
  ['name resolution', 'dns_rescue: "off"', 'dns_rescue'],
] as const) {
  test(`${what} is compared`, () => {
    const own = cardOf(`${two}${pair('first')}`)
    const other = cardOf(`${two}${pair('second')}${added}\n`)
    const names = differencesOf(own, other).map(({ option }) => option)
    assert.equal(names.join(', '), expected)
  })
}

test('what one box lacks differs, too, and shows both texts', () => {
  assert.deepEqual(differencesOf({ a: '1', b: '2' }, { b: '3', c: '4' }), [
    { option: 'a', here: '1', there: '' },
    { option: 'b', here: '2', there: '3' },
    { option: 'c', here: '', there: '4' },
  ])
})

test('any number of long policies fits in, and differs by its end alone', () => {
  const from = Array.from({ length: 30 }, (_, host) => `192.168.7.${host + 1}`).join(', ')
  const policies = (last: string) =>
    Array.from(
      { length: 60 },
      (_, index) => `  - { name: p${index}, from: [${from}, ${last}], use: [primary] }\n`,
    ).join('')
  const [own, other] = ['192.168.8.1', '192.168.8.2'].map((last) =>
    cardOf(`${two}${pair('first')}policies:\n${policies(last)}`),
  )
  assert.ok(own !== undefined && other !== undefined)
  assert.ok(JSON.stringify(own).length < maxCardBytes / 2)
  assert.equal(differencesOf(own, other).length, 41)
})

test('the clock of the other box is ahead, behind, or unknown', () => {
  const wallMs = Date.parse('2026-11-21T10:00:00.000Z')
  assert.equal(clockDifference('2026-11-21T10:00:07.400Z', wallMs), 7)
  assert.equal(clockDifference('2026-11-21T09:59:00.000Z', wallMs), -60)
  assert.equal(clockDifference('soon', wallMs), null)
})

const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEE='
const peerKey = 'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBEE='
