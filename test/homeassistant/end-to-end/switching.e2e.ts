import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { Home, homeSkip } from './home.ts'

const testSwitch = 'switch.wan_failover_test_failover'
const change = 'event.wan_failover_wan_change'
const activeWan = 'sensor.wan_failover_active_wan'

/** As a user writes it: the phone is told of every move. */
const automations = [
  {
    id: 'on_entity',
    alias: 'On the event entity',
    triggers: [{ trigger: 'state', entity_id: change }],
    conditions: [
      {
        condition: 'state',
        entity_id: change,
        attribute: 'event_type',
        state: ['failover', 'failback'],
      },
    ],
    actions: [
      {
        action: 'notify.mobile_app_phone',
        data: {
          title: '{{ trigger.to_state.attributes.event_type }}',
          message:
            '{{ trigger.to_state.attributes.from }} -> {{ trigger.to_state.attributes.to }}, ' +
            '{{ trigger.to_state.attributes.switch_ms }} ms',
        },
      },
    ],
  },
]

describe('a switch in Home Assistant', { skip: homeSkip(), timeout: 180_000 }, () => {
  let home: Home

  before(async () => {
    home = await Home.open()
    await home.waitUntilUp()
  })

  after(async () => {
    await home?.close()
  })

  test("test failover moves a LAN client's packets to the secondary, and back", async (t) => {
    const { homeAssistant, lab } = home
    await homeAssistant.writeAutomations(automations)
    const stream = await lab.client(1).startStream({ newFlows: true })
    await stream.waitForWan(1, { afterMs: 0, deadlineMs: 5_000 })

    const onMs = monotonicMs()
    await homeAssistant.callService('switch', 'turn_on', { entity_id: testSwitch })
    const moved = await stream.waitForWan(2, { afterMs: onMs, deadlineMs: 5_000 })
    t.diagnostic(`service call to a client's packet on the other WAN: ${ms(moved.sentMs - onMs)}`)
    await homeAssistant.waitForState(testSwitch, 'on')
    await homeAssistant.waitForState(activeWan, 'secondary')
    const failover = await homeAssistant.waitForEntity(
      change,
      ({ attributes }) => attributes['event_type'] === 'failover',
      { what: 'tell of the failover' },
    )
    const { from, to, wan, reason, detect_ms, switch_ms } = failover.attributes
    assert.deepEqual({ from, to, wan }, { from: 'primary', to: 'secondary', wan: 'secondary' })
    assert.match(reason, /test/)
    assert.equal(detect_ms, null, 'nothing had to be detected')
    assert.ok(switch_ms > 0 && switch_ms < 1_000, `switched in ${switch_ms} ms`)
    assert.ok(Math.abs(Date.now() - Date.parse(failover.state)) < 10_000, failover.state)

    const offMs = monotonicMs()
    await homeAssistant.callService('switch', 'turn_off', { entity_id: testSwitch })
    await stream.waitForWan(1, { afterMs: offMs, deadlineMs: 5_000 })
    await homeAssistant.waitForState(testSwitch, 'off')
    await homeAssistant.waitForState(activeWan, 'primary')
    await stream.stop()

    const messageOf = async (title: string) =>
      (await home.phone.waitForPush((pushed) => pushed.title === title, title)).message
    assert.match(await messageOf('failover'), /^primary -> secondary, [\d.]+ ms$/)
    assert.match(await messageOf('failback'), /^secondary -> primary, [\d.]+ ms$/)
  })

  test('a mode that names a WAN moves everyone there, automatic moves them back', async () => {
    const { homeAssistant } = home
    const entity_id = 'select.wan_failover_mode'
    await homeAssistant.callService('select', 'select_option', { entity_id, option: 'secondary' })
    await homeAssistant.waitForState(activeWan, 'secondary')
    await homeAssistant.waitForState(entity_id, 'secondary')
    await homeAssistant.callService('select', 'select_option', { entity_id, option: 'automatic' })
    await homeAssistant.waitForState(entity_id, 'automatic')
    const button = 'button.wan_failover_fail_back_now'
    await homeAssistant.callService('button', 'press', { entity_id: button })
    await homeAssistant.waitForState(activeWan, 'primary')
  })

  test('a line that dies is told with its reason and the milliseconds it took', async (t) => {
    const { homeAssistant, lab } = home
    const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    const failover = await homeAssistant.waitForEntity(
      change,
      ({ attributes, state }) =>
        attributes['event_type'] === 'failover' && attributes['detect_ms'] !== null && state !== '',
      { deadlineMs: 20_000, what: 'tell of the failover' },
    )
    const { reason, detect_ms, switch_ms } = failover.attributes
    t.diagnostic(`fault to Home Assistant's state: ${ms(monotonicMs() - fault.beforeMs)}`)
    assert.match(reason, /no reply from 1\.1\.1\.1, .* though the gateway 192\.168\.0\.1 replies/)
    assert.ok(detect_ms > 0 && switch_ms > 0)
    await homeAssistant.waitForState('binary_sensor.wan_failover_primary_connectivity', 'off')
    await homeAssistant.waitForState('sensor.wan_failover_primary_state', 'down')
    await lab.repair(1)
    await homeAssistant.waitForState(activeWan, 'primary', 60_000)
  })
})

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}
