import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byFamily } from '../../src/model/address.ts'
import type { Route } from '../../src/model/host.ts'
import { besideUplink, neighboursOf, onLinkNetworks } from '../../src/network/neighbours.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleWan } from '../examples/example-settings.ts'

const eth0 = {
  name: 'eth0',
  addresses: ['192.168.0.3/24', '192.168.0.4/24', 'fe80::3/64', '2001:db8::3/64'],
}
const nearby = ['224.0.0.0/4', '255.255.255.255/32']
const nearby6 = ['fe80::/10', 'ff00::/8']

function around(routes: readonly Route[], links = [eth0]) {
  const host = exampleHost(links, routes)
  return { host, uplinks: resolveUplinks([exampleWan(0, { interface: 'eth0' })], host) }
}

test('neighbours are what main reaches without a default route, in each family', () => {
  const surroundings = around([
    exampleRoute('default via 192.168.0.1 dev eth0'),
    exampleRoute('10.20.0.0/16 via 192.168.0.9 dev eth0'),
    exampleRoute('172.17.0.0/16 dev docker0'),
    exampleRoute('2001:db8:7::/64 via fe80::9 dev eth0'),
    exampleRoute('203.0.113.0/24 dev eth0 table 100'),
    exampleRoute('198.51.100.0/24', { type: 'blackhole' }),
  ])
  assert.deepEqual(
    byFamily((family) => neighboursOf(family, surroundings)),
    {
      ipv4: [...nearby, '192.168.0.0/24', '10.20.0.0/16', '172.17.0.0/16'],
      ipv6: [...nearby6, '2001:db8::/64', '2001:db8:7::/64'],
    },
  )
})

test('halves of everything, and what is public by a WAN’s own gateway, are the Internet’s', () => {
  const surroundings = around([
    exampleRoute('default via 192.168.0.1 dev eth0'),
    exampleRoute('0.0.0.0/1 dev tun0'),
    exampleRoute('128.0.0.0/1 dev tun0'),
    exampleRoute('8000::/1 dev tun0'),
    exampleRoute('9.9.9.9/32 via 192.168.0.1 dev eth0'),
    exampleRoute('203.0.113.0/24 via 192.168.0.9 dev eth0'),
    exampleRoute('10.20.0.0/16 via 192.168.0.1 dev eth0'),
  ])
  assert.deepEqual(
    byFamily((family) => neighboursOf(family, surroundings)),
    {
      ipv4: [...nearby, '192.168.0.0/24', '203.0.113.0/24', '10.20.0.0/16'],
      ipv6: [...nearby6, '2001:db8::/64'],
    },
  )
})

test('a WAN’s gateway is a neighbour where it is in no network of the link', () => {
  const surroundings = around([], [{ name: 'eth0', addresses: ['192.0.2.7/32'] }])
  assert.deepEqual(neighboursOf('ipv4', surroundings), [
    ...nearby,
    '192.0.2.7/32',
    '192.168.0.1/32',
  ])
})

test('networks of a link are named once, without those of link-local addresses', () => {
  const { addresses } = exampleHost([eth0])
  assert.deepEqual(onLinkNetworks(addresses, 'ipv4'), ['192.168.0.0/24'])
  assert.deepEqual(onLinkNetworks(addresses, 'ipv6'), ['2001:db8::/64'])
})

test('beside an uplink is who comes in by its link, not who is known by another one', () => {
  const surroundings = around([
    exampleRoute('10.20.0.0/16 via 192.168.0.9 dev eth0'),
    exampleRoute('10.30.0.0/16 via 192.168.0.1 dev eth0'),
    exampleRoute('172.17.0.0/16 dev docker0'),
    exampleRoute('2001:db8:7::/64 via fe80::9 dev eth0'),
  ])
  const [uplink] = surroundings.uplinks
  assert.ok(uplink !== undefined)
  assert.deepEqual(besideUplink(uplink, 'ipv4', surroundings), [
    ...nearby,
    ...['192.168.0.0/24', '10.20.0.0/16', '10.30.0.0/16'],
  ])
  assert.deepEqual(besideUplink(uplink, 'ipv6', surroundings), [
    ...nearby6,
    ...['2001:db8::/64', '2001:db8:7::/64'],
  ])
})
