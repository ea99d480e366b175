import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { leasedGateways } from '../../../src/commands/run/leased-gateways.ts'
import { exampleHost } from '../../examples/example-host.ts'

/** What is found where these files are; links are lo 1, eth0 2 and wlan0 3. */
async function found(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = `${mkdtempSync(join(tmpdir(), 'wan-failover-leases-'))}/`
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(`${root}${path}`), { recursive: true })
      writeFileSync(`${root}${path}`, text)
    }
    const { links } = exampleHost([{ name: 'eth0' }, { name: 'wlan0' }])
    const gateways = await leasedGateways(links, root)
    return gateways.map(({ link, address, foundBy }) => `${link} ${address} ${foundBy}`)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

test('without leases there is nothing to know', async () => {
  assert.deepEqual(await found({}), [])
})

test('networkd keeps a lease by the number of the link', async () => {
  const text = '# This is private data.\nADDRESS=192.168.0.3\nROUTER=192.168.0.1 192.168.0.2\n'
  assert.deepEqual(await found({ 'run/systemd/netif/leases/2': text }), [
    'eth0 192.168.0.1 dhcp',
    'eth0 192.168.0.2 dhcp',
  ])
})

test('NetworkManager keeps it by connection and name', async () => {
  const folder = 'var/lib/NetworkManager'
  const name = 'internal-2f0c5c4e-6d1b-4c3a-9d55-0c8f3a1b2c3d-wlan0.lease'
  assert.deepEqual(await found({ [`${folder}/${name}`]: 'ROUTER=192.168.43.1\n' }), [
    'wlan0 192.168.43.1 dhcp',
  ])
})

test('of dhclient’s leases the newest of each link counts, and of links that are there', async () => {
  const lease = (link: string, router: string) =>
    `lease {\n  interface "${link}";\n  option routers ${router};\n  renew 1 2026/11/23;\n}\n`
  const text = [
    lease('eth0', '10.0.0.1'),
    lease('eth0', '192.168.0.1, 192.168.0.2'),
    lease('eth7', '10.7.0.1'),
  ].join('')
  assert.deepEqual(await found({ 'var/lib/dhcp/dhclient.eth0.leases': text }), [
    'eth0 192.168.0.1 dhcp',
    'eth0 192.168.0.2 dhcp',
  ])
})
