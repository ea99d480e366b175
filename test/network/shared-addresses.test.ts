import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { priorities } from '../../src/model/marks.ts'
import { unmasqueradedNetworks } from '../../src/network/nft/chains/translation-chains.ts'
import { desiredRoutes } from '../../src/network/routes/desired-routes.ts'
import { desiredRules } from '../../src/network/rules/desired-rules.ts'
import { adviseForwarding } from '../../src/report/advice.ts'
import { exampleForwarding } from '../examples/example-capabilities.ts'
import { exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'
import { wantedOn } from '../examples/wanted-on.ts'

const gateway = '192.168.8.1'
const settings = exampleSettings({
  wans: [
    exampleWan(0, { gateway, interface: 'eth1' }),
    exampleWan(1, { gateway, interface: 'eth2' }),
    exampleWan(2, { gateway: '192.168.9.1', interface: 'eth3' }),
  ],
})
const host = exampleHost(
  [
    { name: 'eth1', addresses: ['192.168.8.100/24'] },
    { name: 'eth2', addresses: ['192.168.8.100/24'] },
    { name: 'eth3', addresses: ['192.168.9.100/24'] },
  ],
  [
    exampleRoute('192.168.8.0/24 dev eth1'),
    exampleRoute('192.168.8.0/24 dev eth2'),
    exampleRoute('10.9.0.0/16 via 192.168.8.1 dev eth2'),
  ],
)
const wanted = wantedOn(host, settings, 'primary')
const { uplinks } = wanted

describe('two WANs with one address', () => {
  test('have no rule by it; a third one keeps its own', () => {
    const { wanAddress } = priorities
    const byAddress = desiredRules(wanted)
      .filter(({ priority }) => priority >= wanAddress(0) && priority <= wanAddress(7))
      .map(({ priority, from }) => `${priority} ${from}`)
    assert.deepEqual(byAddress, ['10802 192.168.9.100/32'])
  })

  test('are two networks: a client with an address of one is no neighbour of the other', () => {
    assert.deepEqual(unmasqueradedNetworks(settings, uplinks.slice(0, 2), 'ipv4'), [])
  })

  test('have a table each that leads by the own link, and what is behind the own modem', () => {
    const lan = '192.168.9.0/24 eth3'
    const of = (table: number) =>
      desiredRoutes(uplinks, host)
        .filter((route) => route.table === table)
        .map(({ destination, nextHops }) => `${destination} ${nextHops[0]?.link}`)
    assert.deepEqual(of(100), ['192.168.8.0/24 eth1', lan, '0.0.0.0/0 eth1'])
    assert.deepEqual(of(101), ['192.168.8.0/24 eth2', lan, '10.9.0.0/16 eth2', '0.0.0.0/0 eth2'])
  })

  test('are named with what it means', () => {
    const texts = adviseForwarding(exampleForwarding(), uplinks).map(({ text }) => text)
    const [text = '', ...others] = texts
    assert.deepEqual(others, [])
    assert.match(text, /^primary and secondary have the same address, 192\.168\.8\.100: /)
    assert.match(text, /192\.168\.8\.1 is the gateway of both/)
  })
})
