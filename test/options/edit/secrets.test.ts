/** Secrets in lists: found again by their entry's name, wherever that has moved to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hiddenSecret } from '../../../src/model/published/options-page.ts'
import { differenceOf } from '../../../src/options/edit/difference.ts'
import { hideSecrets, revealSecrets } from '../../../src/options/edit/secrets.ts'

const stored = {
  tunnels: [
    { name: 'a', private_key: 'SECRET-A', endpoint: 'x:1' },
    { name: 'b', invitation: 'SECRET-B', keepalive: 5 },
  ],
}

test('a secret of a tunnel never leaves, and comes back to the tunnel of its name', () => {
  const shown = hideSecrets(stored)
  assert.doesNotMatch(JSON.stringify(shown), /SECRET/)
  assert.deepEqual(shown['tunnels'], [
    { name: 'a', private_key: hiddenSecret, endpoint: 'x:1' },
    { name: 'b', invitation: hiddenSecret, keepalive: 5 },
  ])
  assert.deepEqual(revealSecrets(shown, stored), stored)
  const moved = { tunnels: [...(shown['tunnels'] as object[])].reverse() }
  assert.deepEqual(revealSecrets(moved, stored), { tunnels: [...stored.tunnels].reverse() })
})

test('a new name takes nobody else’s secret', () => {
  const renamed = { tunnels: [{ name: 'c', private_key: hiddenSecret }] }
  assert.deepEqual(revealSecrets(renamed, stored), { tunnels: [{ name: 'c' }] })
})

test('what stands for a tunnel or the list may be the secret itself', () => {
  for (const tunnels of ['SECRET', { private_key: 'SECRET' }, ['SECRET', ['SECRET']]]) {
    assert.doesNotMatch(JSON.stringify(hideSecrets({ tunnels })), /SECRET/)
  }
})

test('a difference shows that a secret is another one, and not which', () => {
  const other = { tunnels: [{ ...stored.tunnels[0], private_key: 'SECRET-C' }, stored.tunnels[1]] }
  const found = differenceOf(stored, other)
  assert.deepEqual(
    found.map(({ path }) => path),
    ['tunnels[0].private_key'],
  )
  assert.doesNotMatch(JSON.stringify(found), /SECRET/)
})
