import assert from 'node:assert/strict'
import { test } from 'node:test'
import { besideUplink, neighboursOf, onLinkNetworks } from '../../src/network/neighbours.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleWan } from '../examples/example-settings.ts'

const eth0 = {
  name: 'eth0',
  addresses: ['192.168.0.3/24', '192.168.0.4/24', 'fe80::3/64', '2001:db8::3/64'],
}

test('neighbours are what main reaches without a default route, in each family', () => {
  const host = exampleHost(
    [eth0],
    [
      exampleRoute('default via 192.168.0.1 dev eth0'),
      exampleRoute('10.20.0.0/16 via 192.168.0.9 dev eth0'),
      exampleRoute('172.17.0.0/16 dev docker0'),
      exampleRoute('2001:db8:7::/64 via fe80::9 dev eth0'),
      exampleRoute('203.0.113.0/24 dev eth0 table 100'),
      exampleRoute('198.51.100.0/24', { type: 'blackhole' }),
    ],
  )
  assert.deepEqual(neighboursOf(host), {
    ipv4: ['192.168.0.0/24', '10.20.0.0/16', '172.17.0.0/16'],
    ipv6: ['fe80::/10', '2001:db8::/64', '2001:db8:7::/64'],
  })
})

test('networks of a link are named once, without those of link-local addresses', () => {
  const { addresses } = exampleHost([eth0])
  assert.deepEqual(onLinkNetworks(addresses, 'ipv4'), ['192.168.0.0/24'])
  assert.deepEqual(onLinkNetworks(addresses, 'ipv6'), ['2001:db8::/64'])
})

test('beside an uplink is who shares its link, in IPv6 by a link-local address too', () => {
  const [uplink] = resolveUplinks([exampleWan(0)], exampleHost([eth0]))
  assert.ok(uplink !== undefined)
  assert.deepEqual(besideUplink(uplink, 'ipv4'), ['192.168.0.0/24'])
  assert.deepEqual(besideUplink(uplink, 'ipv6'), ['2001:db8::/64', 'fe80::/10'])
})
