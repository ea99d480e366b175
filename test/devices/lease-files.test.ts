import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type LeaseFormat, parseLeases, readLeases } from '../../src/devices/lease-files.ts'

const laptop = { address: '192.168.0.50', mac: '02:00:00:00:00:50', name: 'laptop' }

const texts: readonly [LeaseFormat, string, readonly unknown[]][] = [
  [
    'dnsmasq',
    `1795255200 02:00:00:00:00:50 192.168.0.50 laptop 01:02:00:00:00:00:50
1795255200 02:00:00:00:00:51 192.168.0.51 * *
duid 00:01:00:01:2e:6c
1795255200 7340112 2001:db8::50 laptop 00:01:00:01:2e:6c
no lease at all
`,
    [laptop, { address: '2001:db8::50', mac: null, name: 'laptop' }],
  ],
  [
    'kea',
    `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
192.168.0.50,02:00:00:00:00:50,,4000,1795255200,1,0,0,laptop,0,,0
192.168.0.51,02:00:00:00:00:51,,4000,1795255200,1,0,0,gone,2,,0
192.168.0.52,02:00:00:00:00:52,,4000,1795255200,1,0,0,,0,,0
`,
    [laptop],
  ],
  [
    'networkd',
    JSON.stringify([
      { ClientId: [1, 2, 0, 0, 0, 0, 0x50], Address: [192, 168, 0, 50], Hostname: 'laptop' },
      { ClientId: [1, 2, 0, 0, 0, 0, 0x51], Address: [192, 168, 0, 51] },
      { ClientId: [255, 1, 2, 3, 4, 5, 6], Address: [192, 168, 0, 52], Hostname: 'printer' },
    ]),
    [laptop, { address: '192.168.0.52', mac: null, name: 'printer' }],
  ],
  [
    'networkd',
    JSON.stringify({
      BootID: 'af1e5d2c6b3f4b0e9d4e7c2a1b0f9e8d',
      Address: [192, 168, 0, 1],
      PrefixLength: 24,
      Leases: [
        {
          ClientId: [255, 1, 2, 3, 4, 5, 6],
          Address: [192, 168, 0, 50],
          Hostname: 'laptop',
          HardwareAddressType: 1,
          HardwareAddressLength: 6,
          HardwareAddress: [2, 0, 0, 0, 0, 0x50],
          ExpirationRealtimeUSec: 1_795_255_200_000_000,
        },
      ],
    }),
    [laptop],
  ],
  ['networkd', '[{"Address": "192.168.0.50", "Hostname": "laptop"}]', []],
  [
    'isc',
    `# The format of this file is documented in the dhcpd.leases(5) manual page.
lease 192.168.0.50 {
  starts 6 2026/11/28 09:00:00;
  hardware ethernet 02:00:00:00:00:50;
  client-hostname "laptop";
}
lease 192.168.0.51 {
  hardware ethernet 02:00:00:00:00:51;
}
`,
    [laptop],
  ],
]

for (const [at, [format, text, expected]] of texts.entries()) {
  test(`the leases of ${format} that have a name, in text ${at + 1}`, () => {
    assert.deepEqual(parseLeases(text, format), expected)
  })
}

test('what is no such file, or none at all, names nobody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leases-'))
  try {
    const path = join(folder, 'leases')
    writeFileSync(path, 'duid 1\n1795255200 02:00:00:00:00:50 192.168.0.50 laptop *\n')
    const files = [
      { path, format: 'dnsmasq' },
      { path, format: 'kea' },
      { path: folder, format: 'isc' },
      { path: join(folder, 'missing'), format: 'isc' },
    ] as const
    assert.deepEqual(await readLeases(files, []), [laptop])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('systemd-networkd has a file for each interface', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leases-'))
  const one = { ClientId: [1, 2, 0, 0, 0, 0, 0x50], Address: [192, 168, 0, 50], Hostname: 'laptop' }
  try {
    writeFileSync(join(folder, 'eth0'), JSON.stringify([one]))
    writeFileSync(join(folder, 'eth1'), JSON.stringify([{ ...one, Address: [10, 0, 0, 50] }]))
    const leases = await readLeases([], [folder, join(folder, 'missing')])
    assert.deepEqual(leases.map(({ address }) => address).toSorted(), ['10.0.0.50', '192.168.0.50'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
