/** Keys: from where they come, who may read them, and the public one that belongs to each. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { privateKeyOf, publicKeyOf } from '../../../src/kernel/tunnels/private-key.ts'
import { isWireguardKey } from '../../../src/model/tunnel/wireguard-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'wan-failover-keys-'))
after(() => rmSync(folder, { recursive: true }))

/** RFC 7748, 6.1: Alice's. */
const alice = {
  secret: 'dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=',
  open: 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=',
}

test('the public key is the one that wg prints', () => {
  assert.equal(publicKeyOf(alice.secret), alice.open)
})

test('a key of ours is made once, kept for its owner alone, and found again', () => {
  const key = privateKeyOf('home_ip', null, folder)
  assert.ok(isWireguardKey(key))
  const path = join(folder, 'tunnels', 'home_ip.key')
  assert.equal(readFileSync(path, 'utf8').trim(), key)
  chmodSync(path, 0o644)
  assert.equal(privateKeyOf('home_ip', null, folder), key)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.notEqual(privateKeyOf('other', null, folder), key)
})

test('a key is taken from the options or from the file that they name', () => {
  assert.equal(privateKeyOf('a', alice.secret, folder), alice.secret)
  const path = join(folder, 'given.key')
  writeFileSync(path, `${alice.secret}\n`)
  assert.equal(privateKeyOf('a', path, folder), alice.secret)
})

test('what is wrong with a key is said without the key', () => {
  const path = join(folder, 'wrong.key')
  writeFileSync(path, 'SECRET')
  const rows = [
    [() => privateKeyOf('a', path, folder), /holds no WireGuard key/],
    [() => privateKeyOf('a', join(folder, 'nothing'), folder), /can't be read .*ENOENT/],
    [() => privateKeyOf('a', null, null), /no data folder/],
  ] as const
  for (const [act, said] of rows) {
    assert.throws(act, (error: Error) => said.test(error.message) && !/SECRET/.test(error.message))
  }
})
