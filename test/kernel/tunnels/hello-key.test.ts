import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { helloKeyOf } from '../../../src/kernel/tunnels/hello-key.ts'
import { newKey, publicKeyOf } from '../../../src/kernel/tunnels/private-key.ts'
import { isWireguardKey } from '../../../src/model/tunnel/wireguard-key.ts'
import { skipWithout } from '../../lab/host/requirements.ts'
import { exampleKey } from '../../server/example-server.ts'

test('keys are what wg makes of them', { skip: skipWithout('wg') }, () => {
  for (const key of [exampleKey(0), exampleKey(255), newKey()]) {
    assert.ok(isWireguardKey(key))
    const theirs = execFileSync('wg', ['pubkey'], { input: key, encoding: 'utf8' }).trim()
    assert.equal(publicKeyOf(key), theirs)
  }
})

test('both ends have one hello key, and another pair has another', () => {
  const [one, two, three] = [1, 2, 3].map((byte) => exampleKey(byte))
  assert.ok(one && two && three)
  assert.deepEqual(helloKeyOf(one, publicKeyOf(two)), helloKeyOf(two, publicKeyOf(one)))
  assert.notDeepEqual(helloKeyOf(one, publicKeyOf(two)), helloKeyOf(one, publicKeyOf(three)))
})
