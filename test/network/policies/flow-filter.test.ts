import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FlowFilter, isMeant } from '../../../src/network/policies/flow-filter.ts'
import { examplePolicy } from '../../examples/example-settings.ts'

const mac = '02:00:00:00:00:01'
const filter: FlowFilter = {
  policies: [
    { ...examplePolicy('phone', []), from: [{ kind: 'mac', mac }] },
    {
      ...examplePolicy('exchange', []),
      from: [{ kind: 'host' }],
      protocol: 'udp',
      ports: [{ first: 5060, last: 5061 }],
    },
    { ...examplePolicy('work', []), from: [{ kind: 'address', cidr: '192.168.0.64/26' }] },
  ],
  names: ['phone', 'exchange'],
  own: ['192.168.0.3'],
  macs: new Map([['192.168.0.60', mac]]),
}

const rows: readonly (readonly [string, string, number, 'tcp' | 'udp', boolean])[] = [
  ['a client is known by its MAC', '192.168.0.60', 443, 'tcp', true],
  ['another one is not', '192.168.0.61', 443, 'tcp', false],
  ['this machine by its port', '192.168.0.3', 5060, 'udp', true],
  ['and not by another port', '192.168.0.3', 53, 'udp', false],
  ['nor by another protocol', '192.168.0.3', 5060, 'tcp', false],
  ['who matches a policy that is not named stays', '192.168.0.70', 5060, 'udp', false],
]

for (const [name, from, toPort, protocol, meant] of rows) {
  test(name, () => {
    const flow = { family: 'ipv4', from, fromPort: 40_000, to: '203.0.113.1', toPort } as const
    assert.equal(isMeant(filter, flow, protocol), meant)
    const opposite = { ...filter, names: ['work', 'default'] }
    assert.equal(isMeant(opposite, flow, protocol), !meant)
  })
}
