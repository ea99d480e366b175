import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addHouse,
  rekeyHouse,
  removeHouse,
  type WantedHouse,
} from '../../../src/server/houses/houses.ts'
import type { ServerSettings } from '../../../src/server/houses/server-settings.ts'
import { examplePublicKey, exampleServer } from '../example-server.ts'

const empty = exampleServer()

function wanted(changes: Partial<WantedHouse>): WantedHouse {
  const key = examplePublicKey(7)
  return { name: 'home', publicKey: key, addresses: [], reach: 'routed', ports: [], ...changes }
}

function added(changes: Partial<WantedHouse>, to: ServerSettings = empty): ServerSettings {
  const settings = addHouse(to, wanted(changes))
  if (typeof settings === 'string') assert.fail(settings)
  return settings
}

test('a house without an address of its own gets the next one inside', () => {
  const one = added({ ports: ['tcp/443'] })
  const two = added({ name: 'shop' }, one)
  assert.deepEqual(
    two.houses.map(({ addresses }) => addresses),
    [['10.99.0.2/32'], ['10.99.0.3/32']],
  )
  const left = removeHouse(two, 'home')
  assert.ok(typeof left !== 'string')
  assert.deepEqual(added({ name: 'other' }, left).houses[1]?.addresses, ['10.99.0.2/32'])
})

test('its own addresses are canonical, IPv4 first; only IPv6 comes with one inside', () => {
  const both = added({ addresses: ['2001:DB8:80:0::1/56', '203.0.113.80'] })
  assert.deepEqual(both.houses[0]?.addresses, ['203.0.113.80/32', '2001:db8:80::/56'])
  const ipv6 = added({ addresses: ['2001:db8:80::/56'] })
  assert.deepEqual(ipv6.houses[0]?.addresses, ['10.99.0.2/32', '2001:db8:80::/56'])
})

test('what can’t be is refused, and said', () => {
  const home = added({ addresses: ['203.0.113.80'], ports: ['tcp/8000-8100'] })
  const full = Array.from({ length: 32 }, (_, nth) => `house-${nth}`).reduce(
    (settings, name) => added({ name }, settings),
    empty,
  )
  const other = { name: 'shop' }
  for (const [settings, changes, said] of [
    [empty, { name: 'My House' }, /no name/],
    [home, {}, /there is a house home already/],
    [full, other, /32 houses/],
    [empty, { addresses: ['fe80::1'] }, /no address/],
    [empty, { addresses: ['0.0.0.0/0'] }, /no address/],
    [empty, { addresses: ['203.0.113.9'] }, /this machine's own/],
    [empty, { addresses: ['10.99.0.7'] }, /within 10\.99\.0\.0\/24/],
    [home, { ...other, addresses: ['203.0.113.0/24'] }, /the house home's/],
    [empty, { addresses: ['2001:db8:80::/64'], reach: 'proxy' }, /single addresses/],
    [empty, { ports: ['443'] }, /no port like/],
    [empty, { ports: ['udp/50000-60000'] }, /WireGuard's own port 51820/],
    [home, { ...other, ports: ['tcp/8080'] }, /tcp\/8000-8100 leads to the house home/],
  ] as const) {
    assert.match(String(addHouse(settings, wanted(changes))), said)
  }
  assert.equal(added({ ...other, ports: ['udp/8080'] }, home).houses.length, 2)
})

test('another key is all that changes', () => {
  const home = added({})
  const key = examplePublicKey(8)
  const changed = rekeyHouse(home, 'home', key)
  assert.deepEqual(changed, { ...home, houses: [{ ...home.houses[0], public_key: key }] })
})

test('who isn’t there can’t go, nor get a key', () => {
  const home = added({})
  assert.match(String(removeHouse(home, 'shop')), /there is no house shop; there are: home/)
  assert.match(String(rekeyHouse(empty, 'shop', examplePublicKey(1))), /there is none/)
})
