import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Settings } from '../../src/model/settings/settings.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import { meteringHints } from '../../src/report/metering-hints.ts'
import { exampleHost, oneSubnet } from '../examples/example-host.ts'
import { exampleSettings, exampleWan } from '../examples/example-settings.ts'

const hints = (settings: Settings, host = oneSubnet): string[] =>
  meteringHints(settings, resolveUplinks(settings.wans, host))
const metered = [exampleWan(0), exampleWan(1, { metered: true })]

test('on one subnet the gateway answers the clients straight, and the user is told', () => {
  assert.deepEqual(hints(exampleSettings({ wans: metered })), [
    'secondary shares eth0 with another WAN: what its gateway sends to 192.168.0.0/24 ' +
      'bypasses this machine, so only what these devices send is counted',
  ])
})

test('nobody is told where all comes by us, or nothing is counted', () => {
  assert.deepEqual(hints(exampleSettings()), [])
  assert.deepEqual(hints(exampleSettings({ wans: metered, nat: 'always' })), [])
  const stick = exampleWan(1, { metered: true, gateway: '192.168.8.1' })
  const home = exampleHost([
    { name: 'eth0', addresses: ['192.168.0.3/24'] },
    { name: 'wwan0', addresses: ['192.168.8.100/24'] },
  ])
  assert.deepEqual(hints(exampleSettings({ wans: [exampleWan(0), stick] }), home), [])
})
