import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PairSettings } from '../../../src/model/settings/settings.ts'
import { pairPlace, withoutShared } from '../../../src/network/pair/pair-place.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleAddress } from '../../examples/example-route.ts'
import { exampleSettings } from '../../examples/example-settings.ts'

const pair: PairSettings = {
  address: '192.168.0.5',
  prefixLength: 24,
  address6: 'fe80::5',
  interface: null,
  peer: '192.168.0.4',
  role: 'first',
  group: 51,
  advertMs: 300,
}

test('the shared address belongs to the link in whose network it is', () => {
  assert.deepEqual(pairPlace(pair, oneSubnet), {
    kind: 'found',
    place: {
      addresses: ['192.168.0.5/32', 'fe80::5/64'],
      link: 'eth0',
      own: '192.168.0.3',
      peer: '192.168.0.4',
      group: 51,
      advertMs: 300,
    },
  })
})

const missing: readonly (readonly [string, Partial<PairSettings>, RegExp])[] = [
  [
    'an address in no network',
    { address: '10.9.9.9' },
    /10\.9\.9\.9 is in no network of this host/,
  ],
  [
    'a link that is not there',
    { interface: { kind: 'name', name: 'eth7' } },
    /eth7 does not exist/,
  ],
  [
    'a link without an own address beside it',
    { interface: { kind: 'name', name: 'docker0' } },
    /docker0 has no IPv4 address in the network of 192\.168\.0\.5/,
  ],
  ['itself as the other box', { peer: '192.168.0.3' }, /pair\.peer is this box itself/],
]
for (const [what, changes, problem] of missing) {
  test(`it has no place with ${what}`, () => {
    const found = pairPlace({ ...pair, ...changes }, oneSubnet)
    assert.match(found.kind === 'missing' ? found.problem : 'found', problem)
  })
}

test("the shared address is no WAN's own", () => {
  const shared = [exampleAddress('eth0', '192.168.0.5/32'), exampleAddress('eth0', 'fe80::5/64')]
  const host = { ...oneSubnet, addresses: [...shared, ...oneSubnet.addresses] }
  const { wans } = exampleSettings()
  const [uplink] = resolveUplinks(wans, withoutShared(host, pair))
  assert.deepEqual(uplink, resolveUplinks(wans, oneSubnet)[0])
  assert.equal(withoutShared(host, null), host)
  assert.equal(withoutShared(oneSubnet, pair), oneSubnet)
})
