import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { foundInterfaces } from '../../src/report/found.ts'
import { composeSetup } from '../../src/report/setup.ts'
import { exampleCapabilities } from '../examples/example-capabilities.ts'
import { oneSubnet } from '../examples/example-host.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../examples/example-settings.ts'

const capabilities = exampleCapabilities({ ctMark: false, multipath: false })

test('the setup has the WANs where they are on the host, and every policy, the default last', () => {
  const settings = exampleSettings({
    wans: [
      exampleWan(0),
      exampleWan(1, { metered: true, targets: { ipv4: ['203.0.113.9'], ipv6: [] } }),
    ],
    policies: [
      {
        ...examplePolicy('kids_tablet', ['secondary']),
        from: [
          { kind: 'address', cidr: '192.168.0.50' },
          { kind: 'mac', mac: 'aa:bb:cc:dd:ee:ff' },
        ],
        ports: [
          { first: 443, last: 443 },
          { first: 5000, last: 5100 },
        ],
      },
    ],
  })
  const setup = composeSetup({
    version: '0.1.0',
    settings,
    observing: [],
    interfaces: foundInterfaces(oneSubnet),
    uplinks: resolveUplinks(settings.wans, oneSubnet),
    capabilities,
    advice: ['forwarding is off'],
  })
  const { found, ...rest } = setup
  assert.deepEqual(
    found.interfaces.map(({ name, gateways }) => [name, gateways]),
    [
      ['eth0', ['192.168.0.1']],
      ['docker0', []],
    ],
  )
  const eth0 = { interface: 'eth0' }
  const targets6 = ['2606:4700:4700::1111', '2001:4860:4860::8888']
  const shared = ['1.1.1.1', '8.8.8.8', '9.9.9.9', ...targets6]
  assert.deepEqual(rest, {
    version: '0.1.0',
    observing: [],
    wans: [
      {
        name: 'primary',
        metered: false,
        table: 100,
        gateway: '192.168.0.1',
        ...eth0,
        targets: shared,
      },
      {
        name: 'secondary',
        metered: true,
        table: 101,
        gateway: '192.168.0.2',
        ...eth0,
        targets: ['203.0.113.9', ...targets6],
      },
    ],
    policies: [
      {
        name: 'kids_tablet',
        from: ['192.168.0.50', 'aa:bb:cc:dd:ee:ff'],
        to: [],
        protocol: 'any',
        ports: ['443', '5000-5100'],
        use: ['secondary'],
      },
      {
        name: 'default',
        from: ['all'],
        to: [],
        protocol: 'any',
        ports: [],
        use: ['primary', 'secondary'],
      },
    ],
    test_minutes: 10,
    sidestep: 'auto',
    dns_rescue: 'auto',
    grade: [
      { capability: 'nft', there: true },
      { capability: 'ct_mark', there: false },
      { capability: 'conntrack', there: true },
      { capability: 'multipath', there: false },
      { capability: 'forwarding', there: true },
    ],
    advice: ['forwarding is off'],
  })
})
