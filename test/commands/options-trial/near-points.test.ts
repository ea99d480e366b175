import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearPoints } from '../../../src/commands/options-trial/near-points.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleRoute } from '../../examples/example-route.ts'
import { settingsOf } from '../../examples/settings-of.ts'
import { two } from '../../options/refused.ts'

function told(neighbours: readonly { readonly address: string; readonly link: string }[]) {
  const host = {
    ...oneSubnet,
    routes: [exampleRoute('default via 192.168.0.9 dev eth0 table 300'), ...oneSubnet.routes],
    neighbours: neighbours.map((one) => ({ ...one, mac: '02:00:00:00:00:01' })),
  }
  return nearPoints(host, resolveUplinks(settingsOf(two).wans, host))
}

test('the gateways of every table and of the options are near, each by itself', () => {
  const groups = told([{ address: '192.168.0.1', link: 'eth0' }]).map(({ group }) => group)
  assert.deepEqual(groups.toSorted(), [
    'the gateway 192.168.0.1',
    'the gateway 192.168.0.2',
    'the gateway 192.168.0.9',
  ])
})

test("the house's devices are near by their link, a provider's and IPv6 ones are not", () => {
  const found = told([
    { address: '192.168.0.77', link: 'eth0' },
    { address: '172.30.32.2', link: 'hassio' },
    { address: '100.64.0.7', link: 'eth1' },
    { address: '203.0.113.7', link: 'eth1' },
    { address: 'fe80::7', link: 'eth0' },
  ]).filter(({ group }) => !group.startsWith('the gateway'))
  assert.deepEqual(
    found.map(({ group, address }) => `${group}: ${address}`),
    ['its neighbours on eth0: 192.168.0.77', 'its neighbours on hassio: 172.30.32.2'],
  )
})

test('a crowded link leaves room for the others', () => {
  const crowd = Array.from({ length: 200 }, (_, at) => ({ address: `10.0.0.${at}`, link: 'eth0' }))
  const found = told([...crowd, { address: '172.30.32.2', link: 'hassio' }])
  assert.ok(found.length < 20)
  assert.ok(found.some(({ link }) => link === 'hassio'))
})
