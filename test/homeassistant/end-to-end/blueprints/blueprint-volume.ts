/** The blueprint that saves volume on a metered line, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../../../wait-for.ts'
import type { Yaml } from '../home-assistant/home-assistant-folder.ts'
import { plugEntity } from '../plug.ts'
import { type BlueprintHome, bothUp, primaryDown } from './blueprint-home.ts'

export function testSaveVolume(home: () => BlueprintHome): void {
  const save = (input: Yaml = {}) =>
    home().automate('save_volume', {
      ...{ metered: ['lte', 'secondary'], paused: [plugEntity], settle: { seconds: 0.1 } },
      ...input,
    })
  const onMetered = () => home().show(primaryDown('secondary'))
  const plugIs = (state: string) => home().homeAssistant.waitForState(plugEntity, state)

  test('switches off on the metered line, and on again when it is left', async () => {
    await save()
    await onMetered()
    await plugIs('off')
    await home().show(bothUp)
    await plugIs('on')
    assert.deepEqual(home().plug.states, ['OFF', 'ON'])
  })

  test('leaves off what was off before, and does what else it is to do', async () => {
    const { homeAssistant } = home()
    await homeAssistant.callService('switch', 'turn_off', { entity_id: plugEntity })
    await plugIs('off')
    const heard = await homeAssistant.listen('volume')
    heard.events.length = 0
    const says = (what: string) => [{ event: 'volume', event_data: { what } }]
    await save({ at_first: says('pause'), afterwards: says('go on') })
    await onMetered()
    await heard.waitFor(({ data }) => data['what'] === 'pause', 'the pause')
    await home().show(bothUp)
    await heard.waitFor(({ data }) => data['what'] === 'go on', 'the end of it')
    assert.deepEqual(home().plug.states, ['OFF'])
    await homeAssistant.callService('switch', 'turn_on', { entity_id: plugEntity })
    await plugIs('on')
  })

  test('leaves all on while a line is in use that is not metered', async () => {
    await save({ metered: ['lte'] })
    const { homeAssistant } = home()
    const heard = await homeAssistant.listen('automation_triggered')
    heard.events.length = 0
    await onMetered()
    await heard.waitFor(({ data }) => data['name'] === 'save_volume', 'it to look')
    await home().show(bothUp)
    const twice = () => heard.events.length === 2
    await waitFor(twice, { deadlineMs: 10_000, what: 'it to look again' })
    assert.deepEqual(home().plug.states, [])
  })

  test('switches on again what it had switched off before Home Assistant restarted', async () => {
    await save()
    await onMetered()
    await plugIs('off')
    await home().homeAssistant.stop()
    await home().homeAssistant.startAgain()
    await home().homeAssistant.waitForState('sensor.wan_failover_active_wan', 'secondary')
    await home().show(bothUp)
    await plugIs('on')
  })
}
