/** The blueprint that looks at the backup every night, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WanSnapshot } from '../../../../src/model/published/snapshot.ts'
import { exampleSnapshot, exampleWanSnapshot } from '../../../examples/example-snapshot.ts'
import { waitFor } from '../../../wait-for.ts'
import type { Yaml } from '../home-assistant/home-assistant-folder.ts'
import { type BlueprintHome, bothUp } from './blueprint-home.ts'

export function testNightlyCheck(home: () => BlueprintHome): void {
  const states = ['primary', 'secondary'].map((wan) => `sensor.wan_failover_${wan}_state`)

  const backup = (changes: Partial<WanSnapshot>) =>
    exampleSnapshot({ wans: { ...bothUp.wans, secondary: exampleWanSnapshot(changes) } })

  /** As its time would, which is hours away; resolves when it has ended. */
  const check = async (input: Yaml = {}) => {
    const times = { at: '03:30:00', patience: { seconds: 0.2 } }
    const whom = { notify_devices: [home().phone.deviceId] }
    await home().automate('nightly_check', { states, ...times, ...whom, ...input })
    const now = { entity_id: 'automation.nightly_check', skip_condition: false }
    await home().homeAssistant.callService('automation', 'trigger', now)
  }
  const pushed = () =>
    waitFor(() => home().phone.pushed[0], { deadlineMs: 10_000, what: 'a report' })

  test('reports a backup that is down, and why', async () => {
    await home().show(backup({ state: 'down', reason: 'no target answers' }))
    await home().homeAssistant.waitForState(states[1] ?? '', 'down')
    await check()
    const { title, message } = await pushed()
    assert.equal(title, 'The backup line is not ready')
    assert.match(message, /^secondary is down: no target answers\./)
  })

  test('reports a backup that works too slowly', async () => {
    await home().show(backup({ latency_ms: 900 }))
    await home().homeAssistant.waitForState('sensor.wan_failover_secondary_latency', '900')
    await check({ most_latency: 400 })
    assert.match((await pushed()).message, /^secondary is up, but too slow or too lossy: every/)
  })

  test('reports nothing while all is well, unless it is told to', async () => {
    await home().homeAssistant.waitForState('sensor.wan_failover_secondary_latency', '12.1')
    await check()
    await check({ only_bad: false })
    const { title, message } = await pushed()
    assert.equal(title, 'The backup lines are ready')
    assert.match(message, /^secondary works, 12 ms\./)
    assert.equal(home().phone.pushed.length, 1)
  })

  test('gives a line that is down at that moment the time to come back', async () => {
    await home().show(backup({ state: 'down' }))
    await home().homeAssistant.waitForState(states[1] ?? '', 'down')
    const ended = check({ patience: { seconds: 30 }, only_bad: false })
    await home().homeAssistant.waitForEntity('automation.nightly_check', isRunning)
    await home().show(bothUp)
    await ended
    assert.equal((await pushed()).title, 'The backup lines are ready')
  })
}

function isRunning({ attributes }: { readonly attributes: Readonly<Record<string, unknown>> }) {
  return attributes['current'] === 1
}
