import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { HassEntity } from 'home-assistant-js-websocket'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { Home, homeSkip } from './home.ts'

interface Registered {
  readonly entity_id: string
  readonly device_id: string | null
  readonly entity_category: string | null
  readonly disabled_by: string | null
  readonly hidden_by: string | null
  readonly platform: string
}

interface Device {
  readonly id: string
  readonly name: string
  readonly manufacturer: string
  readonly model: string
  readonly sw_version: string
  readonly identifiers: readonly (readonly string[])[]
}

/** Entity id, name, device class, unit, state class, category, as a user finds them. */
type Row = readonly [string, string, string, string, string, string]

const whole: readonly Row[] = [
  [
    'binary_sensor.wan_failover_name_resolution',
    'Name resolution',
    'connectivity',
    '',
    '',
    'diagnostic',
  ],
  ['binary_sensor.wan_failover_problem', 'Problem', 'problem', '', '', 'diagnostic'],
  ['button.wan_failover_fail_back_now', 'Fail back now', '', '', '', ''],
  ['event.wan_failover_wan_change', 'WAN change', '', '', '', ''],
  ['select.wan_failover_mode', 'Mode', '', '', '', ''],
  ['select.wan_failover_policy_tablet_override', 'Policy Tablet override', '', '', '', ''],
  ['sensor.wan_failover_active_wan', 'Active WAN', 'enum', '', '', ''],
  ['sensor.wan_failover_policy_tablet_wan', 'Policy Tablet WAN', 'enum', '', '', ''],
  ['switch.wan_failover_test_failover', 'Test failover', '', '', '', ''],
]

function ofWan(id: string, name: string): readonly Row[] {
  const sensor = `sensor.wan_failover_${id}`
  const connectivity = `binary_sensor.wan_failover_${id}_connectivity`
  return [
    [connectivity, `${name} connectivity`, 'connectivity', '', '', ''],
    [`${sensor}_jitter`, `${name} jitter`, 'duration', 'ms', 'measurement', 'diagnostic'],
    [`${sensor}_latency`, `${name} latency`, 'duration', 'ms', 'measurement', 'diagnostic'],
    [`${sensor}_loss`, `${name} loss`, '', '%', 'measurement', 'diagnostic'],
    [`${sensor}_public_address`, `${name} public address`, '', '', '', 'diagnostic'],
    [`${sensor}_received`, `${name} received`, 'data_size', 'B', 'total_increasing', 'diagnostic'],
    [`${sensor}_sent`, `${name} sent`, 'data_size', 'B', 'total_increasing', 'diagnostic'],
    [`${sensor}_state`, `${name} state`, 'enum', '', '', ''],
  ]
}

const expected = [...whole, ...ofWan('primary', 'Primary'), ...ofWan('secondary', 'Secondary')]

describe('the device in Home Assistant', { skip: homeSkip(), timeout: 180_000 }, () => {
  let home: Home

  before(async () => {
    home = await Home.open({
      options: {
        policies: [{ name: 'tablet', from: ['192.168.0.150'], use: ['secondary', 'primary'] }],
      },
    })
    await home.waitUntilUp()
  })

  after(async () => {
    await home?.close()
  })

  async function ourDevice(): Promise<Device> {
    const devices = await home.homeAssistant.command<Device[]>({
      type: 'config/device_registry/list',
    })
    const ours = devices.filter(({ name }) => name === 'WAN Failover')
    assert.equal(ours.length, 1, JSON.stringify(devices))
    return ours[0] as Device
  }

  async function ourEntities(): Promise<readonly Registered[]> {
    const { id } = await ourDevice()
    const all = await home.homeAssistant.command<Registered[]>({
      type: 'config/entity_registry/list',
    })
    return all.filter(({ device_id }) => device_id === id)
  }

  test('there is one device, with a maker and a version', async () => {
    const { manufacturer, model, sw_version, identifiers } = await ourDevice()
    assert.deepEqual(
      { manufacturer, model, identifiers },
      {
        manufacturer: 'WAN Failover',
        model: 'WAN failover router',
        identifiers: [['mqtt', 'wan_failover']],
      },
    )
    assert.match(sw_version, /^\d+\.\d+\.\d+$/)
  })

  test('every entity has its id, name, device class, unit, state class and category', async () => {
    const found = (await ourEntities()).map(({ entity_id, entity_category }): Row => {
      const { attributes = {} } = home.homeAssistant.entities[entity_id] ?? {}
      const name = `${attributes.friendly_name}`.replace(/^WAN Failover /, '')
      const { device_class = '', unit_of_measurement = '' } = attributes
      const stateClass = attributes['state_class'] ?? ''
      return [entity_id, name, device_class, unit_of_measurement, stateClass, entity_category ?? '']
    })
    assert.deepEqual(found.sort(byId), [...expected].sort(byId))
  })

  test('every entity is enabled and shown, and none is unavailable', async () => {
    const entities = await ourEntities()
    const lacking = entities.filter(({ disabled_by, hidden_by }) => disabled_by ?? hidden_by)
    assert.deepEqual(lacking, [])
    const unavailable = entities.filter(
      ({ entity_id }) => home.homeAssistant.state(entity_id) === 'unavailable',
    )
    assert.deepEqual(unavailable, [])
  })

  test('the states are those of the lab', async () => {
    const state = (id: string) => home.homeAssistant.state(id)
    assert.equal(state('sensor.wan_failover_active_wan'), 'primary')
    assert.equal(state('sensor.wan_failover_policy_tablet_wan'), 'secondary')
    assert.equal(state('sensor.wan_failover_primary_state'), 'up')
    assert.equal(state('switch.wan_failover_test_failover'), 'off')
    assert.equal(state('select.wan_failover_mode'), 'automatic')
    const address = 'sensor.wan_failover_primary_public_address'
    await home.homeAssistant.waitForState(address, home.lab.wan(1).publicAddress, 60_000)
    const latency = 'sensor.wan_failover_primary_latency'
    const measured = (entity: HassEntity) => Number(entity.state) > 0
    await home.homeAssistant.waitForEntity(latency, measured, { deadlineMs: 30_000 })
  })

  test('what is published over MQTT is a state in Home Assistant within 100 ms', async (t) => {
    using stack = new DisposableStack()
    const view = await home.listenToBroker()
    stack.defer(() => void view.close())
    const topic = 'wan_failover/wan/primary/state'
    await home.waitUntil(() => view.newest.has(topic), 'the state of the primary', 10_000)
    const heard = await home.homeAssistant.listen('state_changed')
    const tookMs: number[] = []
    for (let latency = 10_001; latency <= 10_020; latency += 1) {
      const state = JSON.parse(view.newest.get(topic) ?? '')
      const publishedMs = monotonicMs()
      await view.say(topic, JSON.stringify({ ...state, latency_ms: latency }))
      const { heardMs } = await heard.waitFor(({ data }) => {
        const { new_state: entity } = data as { new_state: HassEntity | null }
        return (
          entity?.entity_id === 'sensor.wan_failover_primary_latency' &&
          Number(entity.state) === latency
        )
      }, `the latency ${latency}`)
      tookMs.push(heardMs - publishedMs)
    }
    tookMs.sort((a, b) => a - b)
    const [least = 0, median = 0, most = 0] = [tookMs[0], tookMs[10], tookMs.at(-1)]
    const figures = [least, median, most].map((ms) => ms.toFixed(1)).join(', ')
    t.diagnostic(`MQTT publish to Home Assistant's state, least, median, most of 20: ${figures} ms`)
    assert.ok(median < 100, `the median is ${median} ms`)
  })

  test("Home Assistant's log has no complaint about us", () => {
    const ours = /wan_failover|wan failover|mqtt/i
    const complaints = home.homeAssistant.folder
      .messages()
      .filter((line) => /\b(WARNING|ERROR|CRITICAL)\b/.test(line) && ours.test(line))
    assert.deepEqual(complaints, [])
  })

  test('Home Assistant has no repair for the user because of us', async () => {
    const { issues } = await home.homeAssistant.command<{ issues: { domain: string }[] }>({
      type: 'repairs/list_issues',
    })
    assert.deepEqual(
      issues.filter(({ domain }) => domain === 'mqtt'),
      [],
    )
  })
})

function byId([a]: Row, [b]: Row): number {
  return a < b ? -1 : 1
}
