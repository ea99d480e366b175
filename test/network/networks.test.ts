import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBeside } from '../../src/network/networks.ts'

for (const [address, prefixLength, other, expected] of [
  ['192.168.0.3', 24, '192.168.0.1', true],
  ['192.168.0.3', 24, '192.168.1.1', false],
  ['192.168.0.130', 25, '192.168.0.1', false],
  ['192.168.0.3', 32, '192.168.0.3', true],
  ['2001:db8:1::3', 64, '2001:db8:1::1', true],
  ['2001:db8:1::3', 64, '2001:db8:2::1', false],
  ['2001:db8:1::3', 64, '192.168.0.1', false],
  ['192.168.0.3', 0, '2001:db8:1::1', false],
] as const) {
  const words = expected ? 'lies' : "doesn't lie"
  test(`${other} ${words} in the network of ${address}/${prefixLength}`, () => {
    assert.equal(isBeside({ address, prefixLength }, other), expected)
  })
}
