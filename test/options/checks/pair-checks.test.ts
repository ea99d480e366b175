/** Wrong options of a pair, alone and beside the WANs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsOf } from '../../examples/settings-of.ts'
import { type Row, testRefused, two } from '../refused.ts'

const withPair = (fields: string): string => `${two}pair: { ${fields} }`
const form = 'expected an IPv4 address with its prefix length like 192.168.0.5/24'

const rows: readonly Row[] = [
  [
    'no prefix length',
    withPair('address: 192.168.0.5'),
    `pair.address: found "192.168.0.5", ${form}`,
  ],
  [
    'a network',
    withPair('address: 192.168.0.0/24'),
    `pair.address: found "192.168.0.0/24", ${form}`,
  ],
  [
    'a broadcast address',
    withPair('address: 192.168.0.255/24'),
    `pair.address: found "192.168.0.255/24", ${form}`,
  ],
  [
    'one address alone',
    withPair('address: 192.168.0.5/32'),
    `pair.address: found "192.168.0.5/32", ${form}`,
  ],
  [
    'a global IPv6 address',
    withPair('address: 192.168.0.5/24, address6: "2001:db8::5"'),
    'pair.address6: found "2001:db8::5", expected a link-local IPv6 address like fe80::5',
  ],
  [
    'a peer without an address',
    withPair('peer: 192.168.0.4'),
    'pair.address: found nothing, expected the address that both boxes share, like 192.168.0.5/24',
  ],
  [
    "a WAN's gateway",
    withPair('address: 192.168.0.2/24'),
    'pair.address: found "192.168.0.2/24", expected an address that nobody has: wans[1] has this one as its gateway',
  ],
  [
    'a peer that is the shared address',
    withPair('address: 192.168.0.5/24, peer: 192.168.0.5'),
    `pair.peer: found "192.168.0.5", expected the other box's own address: pair.address is the shared one`,
  ],
  [
    'a peer elsewhere',
    withPair('address: 192.168.0.5/24, peer: 192.168.1.4'),
    'pair.peer: found "192.168.1.4", expected an address in the network of pair.address (192.168.0.5/24)',
  ],
  [
    'a password, which VRRPv3 does not know',
    withPair('address: 192.168.0.5/24, password: secret'),
    'pair.password: found an unknown option, expected one of address, address6, interface, peer, role, group, speed',
  ],
]
testRefused('pair', rows)

test('the shared address makes a pair of it, with every default', () => {
  assert.deepEqual(settingsOf(withPair('address: 192.168.0.5/24')).pair, {
    address: '192.168.0.5',
    prefixLength: 24,
    address6: null,
    interface: null,
    peer: null,
    role: 'first',
    group: 51,
    advertMs: 300,
  })
  assert.equal(settingsOf(withPair('address: 192.168.0.5/24, speed: fast')).pair?.advertMs, 100)
})

test('without an address there is no pair', () => {
  for (const options of ['', 'pair: {}', 'pair: null', 'pair: { role: second, group: 7 }']) {
    assert.equal(settingsOf(`${two}${options}`).pair, null, options)
  }
})
