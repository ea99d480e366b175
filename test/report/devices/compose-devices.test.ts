import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DeviceTraces } from '../../../src/model/device-trace.ts'
import type { Settings } from '../../../src/model/settings/settings.ts'
import {
  composeDevices,
  type DevicesInput,
  deviceAddresses,
} from '../../../src/report/devices/compose-devices.ts'
import { exampleHost } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { examplePolicy, exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { wantedOn } from '../../examples/wanted-on.ts'

const [laptop, tv, router, stick] = ['50', '60', '01', '02'].map((end) => `02:00:00:00:00:${end}`)
const home = exampleHost(
  [
    { name: 'eth0', addresses: ['192.168.0.5/24', '2001:db8:1::5/64', 'fe80::5/64'] },
    { name: 'wwan0', addresses: ['100.70.0.9/16'] },
    { name: 'docker0', addresses: ['172.17.0.1/16'] },
  ],
  [exampleRoute('default via 192.168.0.1 dev eth0')],
)
const [first, second] = [exampleWan(0), exampleWan(1, { gateway: '100.70.0.1' })]

interface Situation extends Partial<DevicesInput> {
  readonly policies?: Settings['policies']
  readonly wans?: Settings['wans']
  readonly seen?: Partial<DeviceTraces>
}

const neighbour = (address: string, mac = '', link = 'eth0') => ({ address, mac, link })
const counted = (address: string, bytes: number, wan = 'primary', quietMs = 1_000) => {
  return { address, bytes, wan, quietMs }
}

function input({ policies = [], wans = [first, second], seen, ...rest }: Situation): DevicesInput {
  const settings = exampleSettings({ wans, policies })
  const { uplinks, decision } = wantedOn(home, settings, 'primary')
  const traces = {
    neighbours: [neighbour('192.168.0.1', router), neighbour('192.168.0.50', laptop)],
    clientLinks: ['eth0', 'wwan0'],
    present: null,
    counted: [],
    isFull: false,
    ...seen,
  }
  const names = { byAddress: new Map(), byMac: new Map() }
  const wallMs = Date.parse('2026-11-28T10:00:00Z')
  return {
    ...{ settings, uplinks, host: home, routed: decision, traces, names, wallMs },
    maker: () => null,
    ...rest,
  }
}

const devicesOf = (situation: Situation) => composeDevices(input(situation)).devices
const only = (situation: Situation) => {
  const [one, ...others] = devicesOf(situation)
  assert.ok(one !== undefined && others.length === 0)
  return one
}

test('a device that sends through this machine: its bytes by WAN, and when it was seen', () => {
  const seen = {
    counted: [counted('192.168.0.50', 700), counted('192.168.0.50', 30, 'secondary', 60_000)],
  }
  assert.deepEqual(only({ seen, maker: (mac) => `maker of ${mac}` }), {
    address: '192.168.0.50',
    mac: laptop,
    maker: `maker of ${laptop}`,
    name: null,
    through: true,
    bytes: { primary: 700, secondary: 30 },
    policy: 'default',
    meant_by: [],
    wan: 'primary',
    last_seen: '2026-11-28T09:59:59.000Z',
    gateway: '192.168.0.5',
    here: '192.168.0.5',
  })
})

test('its IPv4 and all its IPv6 addresses are one device, by its MAC', () => {
  const seen = {
    neighbours: [
      neighbour('192.168.0.50', laptop),
      neighbour('2001:db8:1::50', laptop),
      neighbour('2001:db8:1::abcd', laptop),
      neighbour('fe80::50', laptop),
    ],
    counted: [counted('2001:db8:1::50', 100), counted('2001:db8:1::abcd', 20)],
  }
  const { address, bytes, through } = only({ seen })
  assert.deepEqual([address, bytes, through], ['192.168.0.50', { primary: 120 }, true])
})

test('one who has left is none, though the kernel remembers it; one who answers is', () => {
  const present = [neighbour('192.168.0.60', tv)]
  assert.equal(only({ seen: { present } }).address, '192.168.0.60')
  // Who has sent something today is listed, asleep or not.
  const asleep = devicesOf({ seen: { present, counted: [counted('192.168.0.50', 9)] } })
  assert.deepEqual(
    asleep.map(({ address, mac }) => [address, mac]),
    [
      ['192.168.0.50', laptop],
      ['192.168.0.60', tv],
    ],
  )
})

test('after DHCP has given it another address, the one that it uses now counts', () => {
  const seen = {
    neighbours: [neighbour('192.168.0.44', laptop), neighbour('192.168.0.50', laptop)],
    counted: [counted('192.168.0.50', 5), counted('192.168.0.44', 90, 'primary', 3_600_000)],
  }
  assert.deepEqual(
    [only({ seen }).address, only({ seen }).bytes],
    ['192.168.0.50', { primary: 95 }],
  )
})

test('one behind an inner router has no MAC here, and is listed all the same', () => {
  const { address, mac, through, here } = only({
    seen: { neighbours: [], counted: [counted('10.3.0.9', 10)] },
  })
  assert.deepEqual([address, mac, through, here], ['10.3.0.9', null, true, null])
})

describe('a neighbour that sends nothing through this machine', () => {
  test('uses the one other gateway of its network', () => {
    const { through, gateway, here, wan, last_seen, policy } = only({})
    assert.deepEqual([through, gateway, here], [false, '192.168.0.1', '192.168.0.5'])
    assert.deepEqual([wan, last_seen, policy], [null, null, 'default'])
  })

  test('uses we don’t know which, where there are two', () => {
    const wans = [first, exampleWan(1, { gateway: '192.168.0.2', interface: 'eth0' })]
    assert.equal(only({ wans }).gateway, null)
  })

  test('is no gateway, whatever address it has beside', () => {
    const neighbours = [
      neighbour('192.168.0.1', router),
      neighbour('192.168.0.254', router),
      neighbour('fe80::1', router),
    ]
    assert.deepEqual(devicesOf({ seen: { neighbours } }), [])
  })

  test('is in the house: not this host, not on a provider’s network, no container', () => {
    const neighbours = [
      neighbour('192.168.0.5', tv),
      neighbour('100.70.3.3', stick, 'wwan0'),
      neighbour('172.17.0.2', '02:42:ac:11:00:02', 'docker0'),
      neighbour('fe80::77', '02:00:00:00:00:77'),
    ]
    const containers = [counted('172.17.0.2', 1_000)]
    assert.deepEqual(devicesOf({ seen: { neighbours, counted: containers } }), [])
  })
})

describe('its policy', () => {
  const whole = { kind: 'address', cidr: '192.168.0.0/24' } as const
  const alone = { kind: 'address', cidr: '192.168.0.50/32' } as const
  const byMac = { kind: 'mac', mac: laptop ?? '' } as const
  const seen = { counted: [counted('192.168.0.50', 10)] }

  test('is the first that means its address or its MAC, with the WAN that carries that', () => {
    const policies = [
      { ...examplePolicy('others', ['secondary']), from: [{ ...alone, cidr: '192.168.0.7/32' }] },
      { ...examplePolicy('mine', ['secondary']), from: [byMac] },
      { ...examplePolicy('all', ['primary']), from: [whole] },
    ]
    const one = input({ policies, seen })
    const wan = (name: string) => ({ wan: name, reason: '' })
    const carried = { ipv4: wan('secondary'), ipv6: wan('primary') }
    const routed = { ...one.routed, policies: new Map([['mine', carried]]) }
    const [device] = composeDevices({ ...one, routed }).devices
    assert.deepEqual([device?.policy, device?.wan], ['mine', 'secondary'])
    assert.deepEqual(device?.meant_by, ['all'])
  })

  test('is none that is for some destinations, protocols or ports only', () => {
    const policies = [
      { ...examplePolicy('there', ['secondary']), from: [alone], to: ['203.0.113.0/24'] },
      { ...examplePolicy('web', ['secondary']), from: [alone], protocol: 'tcp' as const },
    ]
    assert.deepEqual(
      [only({ policies, seen }).policy, only({ policies, seen }).meant_by],
      ['default', []],
    )
  })

  test('an entry of its own is none that means it anyway; a network and everybody are', () => {
    const policies = [
      { ...examplePolicy('own', ['secondary']), from: [alone, byMac] },
      { ...examplePolicy('net', ['secondary']), from: [alone, whole] },
      { ...examplePolicy('everybody', ['primary']), from: [{ kind: 'all' } as const] },
    ]
    assert.deepEqual(only({ policies, seen }).meant_by, ['net', 'everybody'])
  })
})

test('a name that the DHCP server has for its MAC comes before others', () => {
  const names = {
    byAddress: new Map([['192.168.0.50', 'by-address']]),
    byMac: new Map([[laptop ?? '', 'by-mac']]),
  }
  assert.equal(only({ names }).name, 'by-mac')
  assert.equal(only({ names: { ...names, byMac: new Map() } }).name, 'by-address')
})

test('who sends most comes first, then the others by address', () => {
  const ends = [9, 100, 20, 3]
  const neighbours = ends.map((n) =>
    neighbour(`192.168.0.${n}`, `02:00:00:00:01:${`${n % 99}`.padStart(2, '0')}`),
  )
  const seen = { neighbours, counted: [counted('192.168.0.3', 1), counted('192.168.0.20', 9)] }
  assert.deepEqual(
    devicesOf({ seen }).map(({ address }) => address),
    ['192.168.0.20', '192.168.0.3', '192.168.0.9', '192.168.0.100'],
  )
})

test('the list has an end, and says that it was cut', () => {
  const many = Array.from({ length: 2_000 }, (_, n) => counted(`10.9.${n >> 8}.${n & 255}`, n))
  const { devices, truncated } = composeDevices(input({ seen: { counted: many } }))
  assert.deepEqual([devices.length, truncated, devices[0]?.address], [512, true, '10.9.7.207'])
  assert.equal(composeDevices(input({})).truncated, false)
  assert.equal(composeDevices(input({ seen: { isFull: true } })).truncated, true)
})

test('whose names are asked for is who is listed', () => {
  assert.deepEqual(deviceAddresses(input({})), ['192.168.0.50'])
})
