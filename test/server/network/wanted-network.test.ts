import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HouseSettings } from '../../../src/server/houses/server-settings.ts'
import { wantedNetwork } from '../../../src/server/network/wanted-network.ts'
import { exampleHouse, exampleServer } from '../example-server.ts'

function wantedOf(...houses: readonly HouseSettings[]) {
  const settings = exampleServer({ houses: [...houses] })
  const helloPorts = { ipv4: 40_000, ipv6: 40_001 }
  return wantedNetwork({ settings, uplink: 'eth0', helloPorts, houseWords: [0xabcd] })
}

test('what is a house’s leads into the tunnel, and only proxied addresses are answered for', () => {
  const addresses = ['10.99.0.2/32', '2001:db8::5/128']
  const { routes, proxies } = wantedOf(
    exampleHouse(),
    exampleHouse({ name: 'shop', addresses, reach: 'proxy' }),
  )
  assert.deepEqual(routes, ['203.0.113.80/32', ...addresses])
  assert.deepEqual(proxies, ['2001:db8::5'])
})

test('IPv6 forwards only where a house has some, and keeps the machine’s own default route', () => {
  const paths = (wanted: ReturnType<typeof wantedOf>) =>
    wanted.kernelSettings.map(({ path, value }) => `${path} ${value}`)
  const ipv4 = ['net/ipv4/conf/eth0/forwarding 1', 'net/ipv4/conf/wf-server/forwarding 1']
  const ipv6 = ['net/ipv6/conf/eth0/accept_ra 2', 'net/ipv6/conf/all/forwarding 1']
  assert.deepEqual(paths(wantedOf(exampleHouse())), ipv4)
  const prefix = exampleHouse({ addresses: ['203.0.113.80/32', '2001:db8:80::/56'] })
  assert.deepEqual(paths(wantedOf(prefix)), [...ipv4, ...ipv6])
  const proxied = exampleHouse({ addresses: ['10.99.0.2/32', '2001:db8::5/128'], reach: 'proxy' })
  assert.deepEqual(paths(wantedOf(proxied)), [...ipv4, ...ipv6, 'net/ipv6/conf/eth0/proxy_ndp 1'])
})

test('ports lead to the house’s first IPv4 address', () => {
  const { tables } = wantedOf(
    exampleHouse({ addresses: ['10.99.0.2/32', '2001:db8::/64'], ports: ['tcp/443', 'udp/5-6'] }),
  )
  assert.match(tables, /tcp dport 443 dnat to 10\.99\.0\.2$/m)
  assert.match(tables, /udp dport 5-6 dnat to 10\.99\.0\.2$/m)
})

test('who isn’t asked for by a house’s word doesn’t reach the helper', () => {
  assert.match(wantedOf(exampleHouse()).tables, /@th,80,32 != \{ 0xabcd \} drop/)
})
