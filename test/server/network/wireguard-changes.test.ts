import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wireguardChanges } from '../../../src/server/network/wireguard-changes.ts'
import { exampleHouse, examplePublicKey, exampleServer } from '../example-server.ts'

const addresses = ['203.0.113.80/32', '2001:db8:80::/56']
const settings = exampleServer({ houses: [exampleHouse({ addresses })] })

function dump(own: readonly string[], ...peers: readonly (readonly string[])[]): string {
  const rest = ['(none)', '0', '0', '0', 'off']
  const lines = peers.map(([key, allowed]) => [key, '(none)', '(none)', allowed, ...rest.slice(1)])
  return [own, ...lines].map((words) => `${words.join('\t')}\n`).join('')
}

const right = [settings.private_key, examplePublicKey(1), '51820', 'off']
const home = [examplePublicKey(2), '2001:db8:80::/56,203.0.113.80/32']

test('what is right is left alone, in whichever order wg tells it', () => {
  assert.deepEqual(wireguardChanges(settings, dump(right, home)), { port: null, words: [] })
})

test('a link that is new gets key, port and houses', () => {
  const words = ['peer', examplePublicKey(2), 'allowed-ips', addresses.join(',')]
  const fresh = dump(['(none)', '(none)', '0', 'off'])
  assert.deepEqual(wireguardChanges(settings, fresh), { port: 51_820, words })
})

test('another port alone, or another key, is set', () => {
  const [key = '', open = ''] = right
  for (const own of [
    [key, open, '51821', 'off'],
    [open, open, '51820', 'off'],
  ]) {
    assert.deepEqual(wireguardChanges(settings, dump(own, home)), { port: 51_820, words: [] })
  }
})

test('who is out goes before who comes, for an address may be theirs now', () => {
  const { words } = wireguardChanges(
    settings,
    dump(right, [examplePublicKey(3), '203.0.113.80/32']),
  )
  assert.deepEqual(words.slice(0, 4), ['peer', examplePublicKey(3), 'remove', 'peer'])
})

test('a house with other addresses gets these', () => {
  const { words } = wireguardChanges(settings, dump(right, [examplePublicKey(2), '10.99.0.2/32']))
  assert.deepEqual(words, ['peer', examplePublicKey(2), 'allowed-ips', addresses.join(',')])
})
