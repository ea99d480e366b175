import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { isWireguardKey } from '../../../src/model/tunnel/wireguard-key.ts'
import { helloKeyOf, privateKeyOf, publicKeyOf } from '../../../src/server/hello/tunnel-keys.ts'
import { skipWithout } from '../../lab/host/requirements.ts'

test('keys are what wg makes of them', { skip: skipWithout('wg') }, () => {
  for (const byte of [0, 1, 128, 255]) {
    const key = privateKeyOf(new Uint8Array(32).fill(byte))
    assert.ok(isWireguardKey(key))
    const theirs = execFileSync('wg', ['pubkey'], { input: key, encoding: 'utf8' }).trim()
    assert.equal(publicKeyOf(key), theirs)
  }
})

test('both ends have one hello key, and another pair has another', () => {
  const [one, two, three] = [1, 2, 3].map((byte) => privateKeyOf(new Uint8Array(32).fill(byte)))
  assert.ok(one && two && three)
  assert.deepEqual(helloKeyOf(one, publicKeyOf(two)), helloKeyOf(two, publicKeyOf(one)))
  assert.notDeepEqual(helloKeyOf(one, publicKeyOf(two)), helloKeyOf(one, publicKeyOf(three)))
})
