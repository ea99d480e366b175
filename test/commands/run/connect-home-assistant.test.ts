import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import {
  brokerOfOptions,
  connectHomeAssistant,
  type HomeAssistantParts,
} from '../../../src/commands/run/connect-home-assistant.ts'
import type { Audience } from '../../../src/model/audience.ts'
import { exampleSettings } from '../../examples/example-settings.ts'
import { exampleEvent, exampleSnapshot } from '../../examples/example-snapshot.ts'
import { EmbeddedBroker } from '../../fakes/embedded-broker.ts'
import { FakeCore } from '../../fakes/fake-core.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { ok, refused } from '../../fakes/stand-in-answer.ts'
import { StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { mqttService } from '../../fakes/supervisor-answers.ts'
import { BrokerView } from '../../homeassistant/broker-view.ts'
import { waitFor } from '../../wait-for.ts'

const activeWan = 'sensor.wan_failover_active_wan'

describe('connecting to Home Assistant', () => {
  let core: FakeCore
  let supervisor: StandInSupervisor
  let broker: EmbeddedBroker
  let view: BrokerView
  let log: RecordedLog
  let audience: Audience

  beforeEach(async () => {
    core = await FakeCore.start()
    supervisor = await StandInSupervisor.start({ core: { url: core.url, token: core.token } })
    broker = await EmbeddedBroker.start()
    view = await BrokerView.open(broker.port)
    log = new RecordedLog()
  })

  afterEach(async () => {
    await audience.close()
    await view.close()
    await broker.close()
    await supervisor.close()
    await core.close()
  })

  function connect(changes: Partial<HomeAssistantParts> = {}): void {
    audience = connectHomeAssistant({
      settings: exampleSettings(),
      version: '0.1.0',
      log,
      onCommand: () => undefined,
      supervisor: { token: supervisor.token, baseUrl: supervisor.url },
      searchPace: { firstMs: 20, lastMs: 40 },
      ...changes,
    })
    audience.publish(exampleSnapshot())
  }

  function brokerComes(): void {
    const { port } = broker
    const service = { ...mqttService, host: '127.0.0.1', port, username: '', password: '' }
    supervisor.answer('/services/mqtt', ok(service))
  }

  test('without a broker shows states, and gives way to the broker when there is one', async () => {
    connect()
    await waitFor(() => core.states.has(activeWan), { what: 'states' })
    const told = 'Home Assistant has no MQTT broker: install the Mosquitto add-on'
    assert.equal(log.lines.filter((line) => line.includes(told)).length, 1)
    brokerComes()
    await waitFor(() => view.newest.has('wan_failover/state'), { what: 'the broker is told' })
    assert.equal(core.states.size, 0)
  })

  test('tells the broker and Home Assistant of the same events', async () => {
    brokerComes()
    connect()
    await waitFor(() => view.newest.has('wan_failover/state'), { what: 'the broker is told' })
    audience.announce(exampleEvent)
    await waitFor(() => view.on('wan_failover/event').length === 1, { what: 'the event over MQTT' })
    await waitFor(() => core.fired.length === 1, { what: 'the event on the bus' })
    assert.equal(core.states.size, 0)
  })

  test('waits for a Supervisor that starts, and takes its silence for no answer', async () => {
    supervisor.answer('/services/mqtt', refused(502))
    connect()
    const asked = () => supervisor.requests.filter((each) => each === 'GET /services/mqtt').length
    await waitFor(() => asked() >= 5, { what: 'five questions' })
    assert.deepEqual(log.matching(/nothing is published/), [
      "info: nothing is published over MQTT: the Supervisor isn't ready yet (502)",
    ])
    assert.equal(core.states.size, 0)
    brokerComes()
    await waitFor(() => view.newest.has('wan_failover/state'), { what: 'the broker is told' })
  })

  test("takes the options' broker without asking the Supervisor for one", async () => {
    const { mqtt } = exampleSettings()
    const settings = exampleSettings({ mqtt: { ...mqtt, host: '127.0.0.1', port: broker.port } })
    connect({ settings })
    await waitFor(() => view.newest.has('wan_failover/state'), { what: 'the broker is told' })
    await waitFor(() => core.notifications.size > 0, { what: 'a look at MQTT in Home Assistant' })
    assert.deepEqual([...core.notifications.keys()], ['wan_failover_mqtt'])
    assert.ok(!supervisor.requests.includes('GET /services/mqtt'))
  })

  test('is silent without a Supervisor and a broker, and says so once', async () => {
    connect({ supervisor: { token: undefined, baseUrl: supervisor.url } })
    audience.announce(exampleEvent)
    assert.deepEqual(supervisor.requests, [])
    assert.deepEqual(log.lines, [
      'info: nothing is published over MQTT: set mqtt.host, since there is no Supervisor',
    ])
  })
})

test('the add-on takes an authority from /ssl only, a Debian host from anywhere', () => {
  const mqtt = { ...exampleSettings().mqtt, host: 'broker.local' }
  assert.equal(brokerOfOptions(mqtt, { token: 'given' })?.caFolder, '/ssl')
  for (const token of [undefined, '']) {
    assert.equal(brokerOfOptions(mqtt, { token })?.caFolder, undefined)
  }
})
