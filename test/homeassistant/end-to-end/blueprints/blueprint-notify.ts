/** The blueprint that tells of a change, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleEvent } from '../../../examples/example-snapshot.ts'
import { waitFor } from '../../../wait-for.ts'
import type { Yaml } from '../home-assistant/home-assistant-folder.ts'
import type { Pushed } from '../phone.ts'
import { type BlueprintHome, commandsTo, primaryDown } from './blueprint-home.ts'

export function testNotifyOnChange(home: () => BlueprintHome): void {
  const titled = (title: string) => home().phone.waitForPush((push) => push.title === title, title)
  const titles = () => home().phone.pushed.map(({ title }) => title)
  const notify = (input: Yaml = {}) =>
    home().automate('notify_on_change', { notify_devices: [home().phone.deviceId], ...input })

  test('tells a phone of a failover, and its button fails back', async () => {
    await notify()
    const heard = commandsTo(home())
    home().announce('failover', { reason: 'primary is down', detect_ms: 900, switch_ms: 4 })
    const push = await titled('Internet now on secondary')
    assert.equal(push.message, 'primary is down (moved from primary within 904 ms)')
    const [button] = push.data?.actions ?? []
    assert.equal(button?.title, 'Fail back now')
    await home().homeAssistant.fireEvent('mobile_app_notification_action', button)
    assert.deepEqual(await heard.first(), { kind: 'fail_back' })
  })

  test('tells only the chosen changes, each of two at the same moment, in its order', async () => {
    await notify({ changes: ['wan_down', 'failover', 'failback'] })
    home().announce('wan_degraded', { wan: 'primary' })
    home().announce('wan_down', { wan: 'primary', switch_ms: null })
    home().announce('failover')
    home().announce('all_down')
    home().announce('failback', { from: 'secondary', to: 'primary' })
    const last = await titled('Internet back on primary')
    assert.equal(last.data?.actions, undefined)
    assert.deepEqual(titles(), [
      'primary is down',
      'Internet now on secondary',
      'Internet back on primary',
    ])
  })

  test('keeps quiet hours, but for what is told all the same', async () => {
    const always = { quiet_hours: true, quiet_from: '00:00:00', quiet_to: '00:00:00' }
    await notify(always)
    home().announce('failover')
    home().announce('all_down')
    await titled('No Internet')
    assert.deepEqual(titles(), ['No Internet'])
  })

  test('tells nothing while the other box serves, and all where its sensor is away', async () => {
    const calls = await home().homeAssistant.listen('automation_triggered')
    // Any binary sensor will do: the dead line's own is off.
    await notify({ serving: 'binary_sensor.wan_failover_primary_connectivity' })
    await home().show(primaryDown('secondary'))
    home().announce('failover')
    await calls.waitFor(({ data }) => data['name'] === 'notify_on_change', 'the automation')
    await notify({ serving: 'binary_sensor.not_there' })
    home().announce('all_down')
    await titled('No Internet')
    assert.deepEqual(titles(), ['No Internet'])
  })

  test('does not tell the last change again when the add-on restarts', async () => {
    await notify()
    home().announce('failover')
    await titled('Internet now on secondary')
    await home().restartDaemon()
    home().announce('failback', { from: 'secondary', to: 'primary' })
    await titled('Internet back on primary')
    assert.equal(home().phone.pushed.length, 2)
  })

  test('hears the event on the bus where there are no entities over MQTT', async () => {
    await notify({ wan_change: 'event.not_there', fail_back_button: 'button.not_there' })
    const event = { ...exampleEvent, event_type: 'failover' }
    await home().homeAssistant.fireEvent('wan_failover_changed', event)
    const { data } = await titled('Internet now on secondary')
    assert.equal(data?.actions?.[0]?.action, 'WAN_FAILOVER_FAIL_BACK')
  })

  test('tells notify actions and notify entities too, in words of the user', async () => {
    const calls = await home().homeAssistant.listen('call_service')
    await notify({
      title: 'Leitung {{ to }}',
      message: '{{ type }}: {{ reason }}',
      notify_devices: [],
      notify_entities: ['notify.display'],
      notify_action: 'notify.persistent_notification',
    })
    home().announce('failover', { reason: 'primary is down' })
    const { data } = await calls.waitFor(
      ({ data }) => data['service'] === 'persistent_notification',
      'a call of the notify action',
    )
    const told = data['service_data'] as Pushed
    assert.equal(told.title, 'Leitung secondary')
    assert.equal(told.message, 'failover: primary is down')
    const shown = { deadlineMs: 10_000, what: 'the text on the display' }
    await waitFor(() => home().view.on('display/set').length > 0, shown)
    assert.deepEqual(home().view.on('display/set'), ['failover: primary is down'])
  })
}
