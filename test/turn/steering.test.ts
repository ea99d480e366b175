/** Why nothing is set up, and which of the reasons the user's word overrides. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Steering } from '../../src/turn/steering.ts'
import { exampleHealths } from '../examples/example-health.ts'
import { settingsOf } from '../examples/settings-of.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'
import { two } from '../options/refused.ts'

const one = 'wans: [{ name: primary, gateway: 192.168.0.1 }]'
const tunnel = 'wg0 takes everything'

const cases = [
  { options: 'wans: []', obstacles: [], says: 'the options name no WAN', overridden: false },
  {
    options: one,
    obstacles: [],
    says: 'the options name one WAN, primary: failover needs two',
    overridden: false,
  },
  { options: two, obstacles: ['no NET_ADMIN'], says: 'no NET_ADMIN', overridden: false },
  { options: two, obstacles: [], says: tunnel, overridden: true },
]

for (const { options, obstacles, says, overridden } of cases) {
  test(`${says}: ${overridden ? 'choosing a mode overrides it' : 'no mode overrides it'}`, () => {
    const settings = settingsOf(options)
    const remembered = { mode: 'automatic', mayOverride: false }
    const steering = new Steering({ settings, remembered, log: new RecordedLog(), obstacles })
    steering.observe([tunnel])
    assert.deepEqual(steering.observing, [says])
    const healths = exampleHealths(settings.wans.map(({ name }) => name))
    const command = { kind: 'set_mode', mode: 'automatic' } as const
    steering.obey({ kind: 'command', command }, { healths, nowMs: 0 })
    assert.deepEqual(steering.observing, overridden ? [] : [says])
  })
}
