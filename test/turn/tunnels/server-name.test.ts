/** What a server's name means to a tunnel. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { ServerName } from '../../../src/turn/tunnels/server-name.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { settingsOf } from '../../examples/settings-of.ts'

const host = exampleHost([{ name: 'eth0', addresses: ['192.168.0.3/24', '2001:db8:1::3/64'] }])
const { wans } = settingsOf('wans: [{ name: line, gateway: 192.168.0.1, gateway6: fe80::1 }]')
const lines = resolveUplinks(wans, host)

const cases: readonly (readonly [string, boolean, readonly string[], string | undefined])[] = [
  ['the first of both families', false, ['2001:db8::9', '203.0.113.9'], '2001:db8::9'],
  ['that of IPv4, where copies need it', true, ['2001:db8::9', '203.0.113.9'], '203.0.113.9'],
  ['that of IPv6, where it is the only one', true, ['2001:db8::9'], '2001:db8::9'],
  ['none, where nobody knows it', true, [], undefined],
]

for (const [what, needsIpv4, addresses, expected] of cases) {
  test(`of a name with ${addresses.length} addresses it takes ${what}`, () => {
    const server = new ServerName({ host: 'vpn.example.org', port: 51_820 }, needsIpv4)
    server.take('line', addresses)
    server.settle('line', lines)
    assert.equal(server.endpoint?.host, expected)
  })
}
