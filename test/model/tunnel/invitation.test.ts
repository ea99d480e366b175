import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEndpoint } from '../../../src/model/tunnel/endpoint.ts'
import {
  type Invitation,
  readInvitation,
  writeInvitation,
} from '../../../src/model/tunnel/invitation.ts'

const peerKey = 'zY+8m1n0/2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I5K7M='
const privateKey = 'SECRET8m1n0+2aZbVqk3w9sX5t7u1v3y5A7C9E1G3I0='

const invitation: Invitation = {
  endpoint: { host: 'vpn.example.org', port: 51820 },
  peerKey,
  privateKey,
  address: ['203.0.113.80/32', '2001:db8:80::/56'],
  inside: '10.99.0.1',
  mtu: null,
}

test('an invitation is read as it was written', () => {
  const endpoints = ['vpn.example.org:51820', '203.0.113.9:1', '[2001:db8::9]:65535']
  for (const text of endpoints) {
    const endpoint = readEndpoint(text)
    assert.ok(endpoint !== null, text)
    const one = { ...invitation, endpoint, mtu: 1380 }
    assert.deepEqual(readInvitation(writeInvitation(one)), one)
  }
  assert.deepEqual(readInvitation(`  ${writeInvitation(invitation)}\n`), invitation)
})

test('a key whose plus signs nobody encoded is read all the same', () => {
  const plain = `wan-failover://vpn.example.org:51820/?peer_key=${peerKey}&private_key=${privateKey}`
  const text = `${plain}&address=203.0.113.80/32,2001:db8:80::/56&inside=10.99.0.1`
  assert.deepEqual(readInvitation(text), invitation)
})

test('a wrong invitation says which part is wrong, and repeats no secret', () => {
  const written = writeInvitation(invitation)
  const rows: readonly (readonly [string, RegExp])[] = [
    ['', /HOST:PORT/],
    ['https://vpn.example.org:51820/?peer_key=a', /HOST:PORT/],
    [written.replace(':51820', ''), /HOST:PORT/],
    [written.replace(':51820', ':70000'), /HOST:PORT/],
    [written.replace('vpn.example.org', '300.1.2.3'), /HOST:PORT/],
    [written.replace('peer_key=zY', 'peer_key=z'), /its peer_key is not a WireGuard key/],
    [written.replace('private_key=SECRET', 'private_key='), /its private_key is not/],
    [written.replace('203.0.113.80', '203.0.113.380'), /its address is not addresses/],
    [written.replace('%2F32', '%2F33'), /its address is not addresses/],
    [written.replace('10.99.0.1', 'server'), /its inside is not an address/],
    [`${written}&mtu=12`, /its mtu is not a number from 576/],
  ]
  for (const [text, expected] of rows) {
    const found = readInvitation(text)
    if (typeof found !== 'string') assert.fail(`taken: ${text}`)
    assert.match(found, expected)
    assert.doesNotMatch(found, /SECRET/)
  }
})
