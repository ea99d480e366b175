import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepalivedConfig, wishFor } from '../../../src/network/pair/keepalived-config.ts'

const place = {
  addresses: ['192.168.0.5/32', 'fe80::5/64'],
  link: 'eth0',
  own: '192.168.0.3',
  peer: '192.168.0.4',
  group: 51,
  advertMs: 300,
}

test('keepalived is told of one instance, by unicast where the other box is known', (t) => {
  t.assert.snapshot(keepalivedConfig(place, '/run/pair'), { serializers: [String] })
})

test('without a peer everybody in the group is asked', () => {
  const text = keepalivedConfig(
    { ...place, peer: null, addresses: ['192.168.0.5/32'] },
    '/run/pair',
  )
  assert.match(text, /mcast_src_ip 192\.168\.0\.3/)
  assert.doesNotMatch(text, /unicast|excluded/)
})

test('a wish is what leads from the middle to a priority', () => {
  assert.deepEqual([205, 100, 20].map(wishFor), [105, 0, -80])
})
