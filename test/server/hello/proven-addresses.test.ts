import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProvenAddresses } from '../../../src/server/hello/proven-addresses.ts'

const at = (port: number, address = '198.51.100.7') => ({ address, port })

test('one address is no pair, two are', () => {
  const addresses = new ProvenAddresses()
  addresses.prove('home', at(1), 0)
  assert.deepEqual(addresses.twins(0), [])
  addresses.prove('home', at(2), 0)
  assert.deepEqual(addresses.twins(0), [{ house: 'home', family: 'ipv4', pair: [at(1), at(2)] }])
})

test('both lines behind one NAT differ by their port alone', () => {
  const addresses = new ProvenAddresses()
  for (const port of [1, 2]) addresses.prove('home', at(port), 0)
  assert.equal(addresses.twins(0).length, 1)
})

test('an address counts for thirty seconds after it was proven last', () => {
  const addresses = new ProvenAddresses()
  addresses.prove('home', at(1), 0)
  addresses.prove('home', at(2), 0)
  addresses.prove('home', at(1), 20_000)
  assert.equal(addresses.nextEndMs(), 30_000)
  assert.equal(addresses.twins(29_999).length, 1)
  assert.deepEqual(addresses.twins(30_000), [])
  assert.equal(addresses.nextEndMs(), 50_000)
  assert.equal(new ProvenAddresses().nextEndMs(), null)
})

test('with a third address the one that was proven first doesn’t count any more', () => {
  const addresses = new ProvenAddresses()
  addresses.prove('home', at(1), 0)
  addresses.prove('home', at(2), 1)
  addresses.prove('home', at(1), 2)
  addresses.prove('home', at(3), 3)
  assert.deepEqual(addresses.twins(3)[0]?.pair, [at(1), at(3)])
})

test('the order in which addresses are proven makes no other pair', () => {
  const pairs = [
    [1, 2],
    [2, 1],
  ].map((ports) => {
    const addresses = new ProvenAddresses()
    for (const port of ports) addresses.prove('home', at(port), 0)
    return addresses.twins(0)
  })
  assert.deepEqual(pairs[0], pairs[1])
})

test('a packet can’t be copied from one family to the other', () => {
  const addresses = new ProvenAddresses()
  addresses.prove('home', at(1), 0)
  addresses.prove('home', at(2, '2001:db8::7'), 0)
  assert.deepEqual(addresses.twins(0), [])
  addresses.prove('home', at(3, '2001:db8::8'), 0)
  assert.deepEqual(
    addresses.twins(0).map(({ family }) => family),
    ['ipv6'],
  )
})

test('houses are apart, and none takes another one’s address while that counts', () => {
  const addresses = new ProvenAddresses()
  for (const port of [1, 2]) assert.equal(addresses.prove('home', at(port), 0), true)
  for (const port of [3, 4]) assert.equal(addresses.prove('shop', at(port), 0), true)
  assert.deepEqual(
    addresses.twins(0).map(({ house }) => house),
    ['home', 'shop'],
  )
  assert.equal(addresses.prove('shop', at(1), 0), false)
  assert.equal(addresses.prove('shop', at(1), 30_000), true)
  addresses.forget('shop')
  assert.equal(addresses.nextEndMs(), null)
})
