import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import {
  CoreHomeAssistant,
  type CoreHomeAssistantOptions,
  type CoreHomeAssistantTiming,
} from '../../../src/homeassistant/core/core-home-assistant.ts'
import { maxKept } from '../../../src/homeassistant/core/core-outbox.ts'
import type { Command } from '../../../src/model/decision.ts'
import type { ChangeEvent, EventType } from '../../../src/model/published/snapshot.ts'
import { exampleReport } from '../../examples/example-report.ts'
import {
  exampleEvent,
  examplePair,
  exampleSnapshot,
  exampleWanSnapshot,
  twoWans,
} from '../../examples/example-snapshot.ts'
import { FakeCore, mqttEntry } from '../../fakes/fake-core.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'
import { StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { waitFor } from '../../wait-for.ts'

const timing: CoreHomeAssistantTiming = {
  retry: { firstMs: 20, lastMs: 60, stableMs: 1_000 },
  refusedRetryMs: 200,
  heartbeatMs: 1_000,
  heartbeatPatienceMs: 1_000,
  states: { roundMs: 20, figuresMs: 20, retryMs: 50 },
  mqttCheckMs: 40,
}

describe('Home Assistant Core', () => {
  let core: FakeCore
  let supervisor: StandInSupervisor
  let log: RecordedLog
  let commands: Command[]
  let problems: (string | null)[]
  let client: CoreHomeAssistant

  beforeEach(async () => {
    core = await FakeCore.start()
    supervisor = await StandInSupervisor.start({ core: { url: core.url, token: core.token } })
    log = new RecordedLog()
    commands = []
    problems = []
  })

  afterEach(async () => {
    await client.close()
    await supervisor.close()
    await core.close()
  })

  function connect(changes: Partial<CoreHomeAssistantOptions> = {}): CoreHomeAssistant {
    client = new CoreHomeAssistant({
      access: { token: supervisor.token, baseUrl: supervisor.url },
      baseTopic: 'wan_failover',
      names: twoWans,
      notify: [],
      log,
      onCommand: (command) => commands.push(command),
      onProblem: (problem) => problems.push(problem),
      random: () => 0.5,
      timing,
      ...changes,
    })
    return client
  }

  function connections(): number {
    return log.matching(/^info: Home Assistant: connected \(2026\.11\.0\)$/).length
  }

  function pushed() {
    return core.calls.filter(({ domain }) => domain === 'notify')
  }

  function happened(eventType: EventType, changes: Partial<ChangeEvent> = {}): ChangeEvent {
    return { ...exampleEvent, event_type: eventType, at: new Date().toISOString(), ...changes }
  }

  async function cutOff(): Promise<void> {
    supervisor.core = null
    await waitFor(() => log.matching(/connection is lost/).length > 0, {
      what: 'the loss is noticed',
    })
  }

  function backAgain(): void {
    supervisor.core = { url: core.url, token: core.token }
  }

  describe('events', () => {
    test('are fired with everything that is known of the change', async () => {
      connect().announce(exampleEvent)
      await waitFor(() => core.fired.length === 1, { what: 'an event' })
      assert.deepEqual(core.fired, [{ type: 'wan_failover_changed', data: exampleEvent }])
    })

    test('are fired with the report of a month, of its outages the first hundred', async () => {
      const report = exampleReport({ outages: 300 })
      connect().report(report)
      await waitFor(() => core.fired.length === 1, { what: 'an event' })
      const data = { ...report, outages: report.outages.slice(0, 100) }
      assert.deepEqual(core.fired, [{ type: 'wan_failover_report', data }])
      assert.ok(JSON.stringify(data).length < 32_768, 'Home Assistant keeps it')
    })

    test('of an absence are fired after it, in order, the newest ones', async () => {
      connect()
      await waitFor(() => connections() === 1, { what: 'a connection' })
      await cutOff()
      const told = Array.from({ length: maxKept + 5 }, (_, index) =>
        happened('wan_down', { reason: `number ${index}` }),
      )
      for (const event of told) client.announce(event)
      backAgain()
      await waitFor(() => core.fired.length === maxKept, { what: 'all events' })
      assert.deepEqual(
        core.fired.map(({ data }) => data),
        told.slice(5),
      )
    })

    test('that the connection took with it are fired on the next one', async () => {
      core.silent = ['fire_event']
      connect().announce(exampleEvent)
      await waitFor(() => core.received.includes('fire_event'), { what: 'it is under way' })
      core.silent = []
      supervisor.cutSockets()
      await waitFor(() => core.fired.length === 1, { what: 'an event' })
    })

    test('wait until Home Assistant has started, for nobody listens before', async () => {
      core.state = 'STARTING'
      connect().announce(exampleEvent)
      await waitFor(() => connections() === 1, { what: 'a connection' })
      assert.deepEqual(core.fired, [])
      core.finishStarting()
      await waitFor(() => core.fired.length === 1, { what: 'an event' })
    })
  })

  describe('the notify services', () => {
    test('are told of a failover, with a button to end it', async () => {
      connect({ notify: ['notify.mobile_app_phone', 'notify.family'] })
      client.announce(happened('failover'))
      await waitFor(() => pushed().length === 2, { what: 'two notifications' })
      assert.deepEqual(pushed()[0], {
        domain: 'notify',
        service: 'mobile_app_phone',
        data: {
          title: 'Internet now on secondary',
          message:
            'Moved from primary to secondary: no target answers. ' +
            'Noticed in 900 ms, switched in 4 ms.',
          data: {
            tag: 'wan_failover',
            actions: [{ action: 'WAN_FAILOVER_FAIL_BACK', title: 'Fail back now' }],
          },
        },
      })
      assert.equal(pushed()[1]?.service, 'family')
    })

    test('are told nothing by a box that is on standby, until it serves', async () => {
      connect({ notify: ['notify.family'] })
      client.publish(exampleSnapshot({ pair: examplePair({ state: 'standby' }) }))
      client.announce(happened('failover'))
      await waitFor(() => core.fired.length === 1, { what: 'the event' })
      client.publish(exampleSnapshot({ pair: examplePair() }))
      client.announce(happened('failback', { from: 'secondary', to: 'primary' }))
      await waitFor(() => pushed().length > 0, { what: 'a notification' })
      assert.deepEqual(
        pushed().map(({ data }) => data['title']),
        ['Internet back on primary'],
      )
    })

    test('are told of a failback without a button, and of nothing in between', async () => {
      connect({ notify: ['notify.family'] })
      for (const type of ['wan_down', 'wan_degraded', 'wan_up', 'test_started'] as const) {
        client.announce(happened(type))
      }
      client.announce(happened('failback', { from: 'secondary', to: 'primary' }))
      await waitFor(() => core.fired.length === 5, { what: 'all events' })
      await waitFor(() => pushed().length > 0, { what: 'a notification' })
      assert.deepEqual(
        pushed().map(({ data }) => [data['title'], data['data']]),
        [['Internet back on primary', { tag: 'wan_failover' }]],
      )
    })

    test('hear of an outage when it is over: before, no push would get out', async () => {
      connect({ notify: ['notify.family'] })
      const since = Date.now() - 200_000
      client.announce(
        happened('all_down', { at: new Date(since).toISOString(), reason: 'every WAN is down' }),
      )
      await waitFor(() => core.fired.length === 1, { what: 'the event' })
      assert.deepEqual(pushed(), [])
      const at = new Date(since + 200_000).toISOString()
      client.announce(happened('restored', { at, reason: 'primary is healthy' }))
      await waitFor(() => pushed().length === 1, { what: 'a notification' })
      assert.equal(pushed()[0]?.data['title'], 'Internet is back')
      assert.equal(
        pushed()[0]?.data['message'],
        'Every WAN was down for 3 min 20 s; primary is healthy.',
      )
    })

    test('are told later what happened while Home Assistant was away, and when it was', async () => {
      connect({ notify: ['notify.family'] })
      await waitFor(() => connections() === 1, { what: 'a connection' })
      await cutOff()
      const at = new Date(Date.now() - 3_600_000)
      client.announce(happened('failover', { at: at.toISOString() }))
      backAgain()
      await waitFor(() => pushed().length === 1, { what: 'a notification' })
      const time = [at.getHours(), at.getMinutes()].map((each) => String(each).padStart(2, '0'))
      assert.match(
        String(pushed()[0]?.data['message']),
        new RegExp(`^${time.join(':')}: Moved from primary to secondary`),
      )
    })

    test('that are misspelt are named once, at the start, with those that there are', async () => {
      connect({ notify: ['notify.mobile_app_fone', 'notify.family'] })
      await waitFor(() => log.matching(/fone/).length > 0, { what: 'the line' })
      for (let count = 0; count < 3; count++) client.announce(happened('failover'))
      await waitFor(() => pushed().length === 3, { what: 'three notifications' })
      assert.deepEqual(log.matching(/fone/), [
        'warn: Home Assistant: there is no notify.mobile_app_fone, so it notifies nobody; correct ' +
          'notify (there is: notify.mobile_app_phone, notify.family, notify.persistent_notification)',
      ])
    })

    test('that take no extra data get the text alone', async () => {
      core.plainServices = ['family']
      connect({ notify: ['notify.family'] }).announce(happened('failover'))
      await waitFor(() => pushed().length === 1, { what: 'a notification' })
      assert.deepEqual(Object.keys(pushed()[0]?.data ?? {}), ['title', 'message'])
      assert.deepEqual(log.matching(/warn/), [])
    })
  })

  test('sends "fail back now" when its button is tapped, and nothing for other buttons', async () => {
    connect({ notify: ['notify.family'] })
    const tap = 'mobile_app_notification_action'
    await waitFor(() => core.listeners(tap) === 1, { what: 'a listener' })
    core.fire(tap, { action: 'OPEN_GARAGE' })
    core.fire(tap, null)
    core.fire(tap, { action: 'WAN_FAILOVER_FAIL_BACK' })
    await waitFor(() => commands.length > 0, { what: 'a command' })
    assert.deepEqual(commands, [{ kind: 'fail_back' }])
  })

  describe('without broker and notify service', () => {
    test('shows a notification that replaces itself, and goes when all is well', async () => {
      connect()
      await client.brokerIs(false)
      client.announce(happened('failover'))
      await waitFor(() => core.notifications.has('wan_failover_internet'), {
        what: 'a notification',
      })
      client.announce(happened('all_down', { reason: 'every WAN is down' }))
      await waitFor(
        () =>
          JSON.stringify(core.notifications.get('wan_failover_internet')) ===
          JSON.stringify({ title: 'No Internet', message: 'Every WAN is down.' }),
        { what: 'another one' },
      )
      client.announce(happened('restored'))
      client.announce(happened('failback', { from: 'secondary', to: 'primary' }))
      await waitFor(() => core.notifications.size === 0, { what: 'none' })
    })

    test('shows it again after a restart of Home Assistant', async () => {
      connect()
      await client.brokerIs(false)
      client.announce(happened('failover'))
      await waitFor(() => core.notifications.size === 1, { what: 'a notification' })
      core.restart()
      await waitFor(() => core.notifications.size === 1, { what: 'a notification again' })
      assert.equal(connections(), 2)
    })

    test('takes away what an earlier run of the daemon left', async () => {
      core.notifications.set('wan_failover_internet', { title: 'Internet now on secondary' })
      core.notifications.set('somebody_elses', {})
      connect()
      await client.brokerIs(false)
      await waitFor(() => !core.notifications.has('wan_failover_internet'), { what: 'it is gone' })
      assert.deepEqual([...core.notifications.keys()], ['somebody_elses'])
    })
  })

  test('shows no such notification where a broker or a notify service tells', async () => {
    connect({ notify: ['notify.family'] })
    await client.brokerIs(false)
    client.announce(happened('failover'))
    await waitFor(() => pushed().length === 1, { what: 'a notification' })
    assert.equal(core.notifications.size, 0)
  })

  describe('the MQTT integration', () => {
    test('that is missing is told, and that it is there, once it is', async () => {
      core.entries = [{ ...mqttEntry, source: 'ignore', state: 'not_loaded' }]
      connect()
      await client.brokerIs(true)
      await waitFor(() => core.notifications.has('wan_failover_mqtt'), { what: 'a notification' })
      const problem =
        "There is an MQTT broker, but Home Assistant's MQTT integration isn't set up, so no " +
        'entity shows up: add it in Settings, Devices & services'
      const looks = () => core.received.filter((type) => type === 'config_entries/get').length
      await waitFor(() => looks() >= 3, { what: 'three looks' })
      assert.deepEqual(problems, [problem])
      assert.deepEqual(log.matching(/MQTT/), [`warn: ${problem}`])
      core.entries = [mqttEntry]
      await waitFor(() => core.notifications.size === 0, { what: 'it is gone' })
      assert.deepEqual(problems, [problem, null])
      assert.equal(log.matching(/set up now/).length, 1)
    })

    test('that is missing leaves it to notifications to tell of a failover', async () => {
      connect()
      await client.brokerIs(true)
      await waitFor(() => problems.length === 1, { what: 'a problem' })
      client.announce(happened('failover'))
      await waitFor(() => core.notifications.has('wan_failover_internet'), {
        what: 'a notification',
      })
      core.entries = [mqttEntry]
      await waitFor(() => core.notifications.size === 0, { what: 'none' })
    })

    test('that is disabled or broken is told in other words', async () => {
      core.entries = [{ ...mqttEntry, disabled_by: 'user', state: 'not_loaded' }]
      connect()
      await client.brokerIs(true)
      await waitFor(() => problems.length === 1, { what: 'a problem' })
      assert.match(String(problems[0]), /is disabled/)
      core.entries = [{ ...mqttEntry, state: 'setup_error' }]
      await waitFor(() => problems.length === 2, { what: 'another problem' })
      assert.match(String(problems[1]), /doesn't work \(setup_error\)/)
    })

    test('is nobody’s business without a broker', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      await waitFor(() => core.states.size > 0, { what: 'states' })
      assert.deepEqual(problems, [])
    })
  })

  describe('states over the API', () => {
    test('have the ids, names, classes and units of the entities over MQTT', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      await waitFor(() => core.states.has('sensor.wan_failover_policy_items_wan'), {
        what: 'all states',
      })
      assert.deepEqual(core.states.get('sensor.wan_failover_primary_latency'), {
        state: '12.1',
        attributes: {
          friendly_name: 'WAN Failover Primary latency',
          device_class: 'duration',
          unit_of_measurement: 'ms',
          state_class: 'measurement',
        },
      })
      assert.deepEqual(core.states.get('binary_sensor.wan_failover_primary_connectivity'), {
        state: 'on',
        attributes: {
          friendly_name: 'WAN Failover Primary connectivity',
          device_class: 'connectivity',
        },
      })
      const domains = new Set([...core.states.keys()].map((id) => id.split('.')[0]))
      assert.deepEqual(domains, new Set(['sensor', 'binary_sensor']))
    })

    test('are sent when they change, and only those', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      const last = 'sensor.wan_failover_policy_items_wan'
      await waitFor(() => core.states.has(last), { what: 'all states' })
      core.stateRequests.length = 0
      const down = exampleWanSnapshot({ state: 'down', reason: 'no target answers' })
      client.publish(exampleSnapshot({ wans: { ...exampleSnapshot().wans, primary: down } }))
      const connectivity = 'binary_sensor.wan_failover_primary_connectivity'
      await waitFor(() => core.states.get(connectivity)?.state === 'off', { what: 'the outage' })
      await waitFor(() => core.stateRequests.length === 2, { what: 'its reason' })
      assert.deepEqual(core.stateRequests.toSorted(), [
        `POST ${connectivity}`,
        'POST sensor.wan_failover_primary_state',
      ])
    })

    test('of measurements wait for their turn, those that matter do not', async () => {
      const pace = { ...timing.states, figuresMs: 60_000 }
      connect({ timing: { ...timing, states: pace } }).publish(exampleSnapshot())
      await client.brokerIs(false)
      const last = 'sensor.wan_failover_policy_items_wan'
      await waitFor(() => core.states.has(last), { what: 'all states' })
      core.stateRequests.length = 0
      const primary = exampleWanSnapshot({ latency_ms: 99, public_ip: '198.51.100.7' })
      client.publish(exampleSnapshot({ wans: { ...exampleSnapshot().wans, primary } }))
      const address = 'sensor.wan_failover_primary_public_address'
      await waitFor(() => core.states.get(address)?.state === '198.51.100.7', {
        what: 'the address',
      })
      assert.equal(core.states.get('sensor.wan_failover_primary_latency')?.state, '12.1')
      assert.deepEqual(core.stateRequests, [`POST ${address}`])
    })

    test('are all sent again after a restart of Home Assistant', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      await waitFor(() => core.states.has('sensor.wan_failover_policy_items_wan'), {
        what: 'states',
      })
      const before = new Map(core.states)
      core.restart('STARTING')
      await waitFor(() => core.states.size === before.size, { what: 'all states' })
      assert.deepEqual(new Map([...core.states].toSorted()), new Map([...before].toSorted()))
    })

    test('are not sent to where Home Assistant is not', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      await waitFor(() => core.states.has('sensor.wan_failover_policy_items_wan'), {
        what: 'states',
      })
      await cutOff()
      supervisor.requests.length = 0
      client.publish(exampleSnapshot({ active: 'secondary' }))
      const attempts = () => supervisor.requests.filter((each) => each.startsWith('UPGRADE')).length
      await waitFor(() => attempts() >= 5, { what: 'five attempts to connect' })
      assert.deepEqual(
        supervisor.requests.filter((each) => each.startsWith('POST')),
        [],
      )
      backAgain()
      const activeWan = 'sensor.wan_failover_active_wan'
      await waitFor(() => core.states.get(activeWan)?.state === 'secondary', { what: 'the news' })
    })

    test('make way for the entities when a broker comes, and for nobody when we go', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      await waitFor(() => core.states.has('sensor.wan_failover_policy_items_wan'), {
        what: 'states',
      })
      core.entries = [mqttEntry]
      await client.brokerIs(true)
      assert.equal(core.states.size, 0)
      client.publish(exampleSnapshot({ active: 'secondary' }))
      await client.brokerIs(false)
      await waitFor(() => core.states.size > 0, { what: 'states again' })
      await client.close()
      assert.equal(core.states.size, 0)
    })

    test('that Home Assistant refuses are tried again, and told once', async () => {
      connect({ timing: { ...timing, heartbeatMs: 60_000 } }).publish(exampleSnapshot())
      const path = '/core/api/states/binary_sensor.wan_failover_problem'
      supervisor.answer(path, { status: 500, body: '500' })
      await client.brokerIs(false)
      const asked = () => supervisor.requests.filter((request) => request === `POST ${path}`).length
      await waitFor(() => asked() >= 3, { what: 'three attempts' })
      assert.deepEqual(log.matching(/warn/), [
        "warn: Home Assistant: it doesn't take our states (status 500), so it shows old ones; " +
          'trying again',
      ])
    })
  })

  describe('the connection', () => {
    test('comes back by itself however often it is lost, with a line for each', async () => {
      connect()
      for (let round = 1; round <= 3; round++) {
        await waitFor(() => connections() === round, { what: 'a connection' })
        supervisor.cutSockets()
      }
      await waitFor(() => connections() === 4, { what: 'a connection' })
      const lost =
        'warn: Home Assistant: the connection is lost; ' +
        'events and notifications wait, it tries again at least every 1 s'
      assert.deepEqual(log.matching(/warn/), [lost, lost, lost])
    })

    test('that a stopped Home Assistant refuses is logged once, not at every attempt', async () => {
      supervisor.core = null
      connect()
      const attempts = () => supervisor.requests.filter((each) => each.startsWith('UPGRADE')).length
      await waitFor(() => attempts() >= 5, { what: 'five attempts' })
      assert.deepEqual(log.lines, [
        "warn: Home Assistant: it isn't ready yet (502); events and notifications wait, " +
          'it tries again at least every 1 s',
      ])
      backAgain()
      await waitFor(() => connections() === 1, { what: 'a connection' })
    })

    test('with a token that is refused is tried again slowly, and says what to do', async () => {
      connect({ access: { token: 'another', baseUrl: supervisor.url } })
      const attempts = () => supervisor.requests.filter((each) => each.startsWith('UPGRADE')).length
      await waitFor(() => attempts() >= 2, { what: 'a second attempt' })
      assert.deepEqual(log.lines, [
        'warn: Home Assistant: the Supervisor refuses our token: this add-on may not use the ' +
          'Home Assistant API; events and notifications wait, it tries again at least every 1 s',
      ])
    })

    test('to a Core that refuses the Supervisor is no connection', async () => {
      supervisor.core = { url: core.url, token: 'expired' }
      connect()
      await waitFor(() => log.lines.length > 0, { what: 'a line' })
      assert.match(String(log.lines[0]), /^warn: Home Assistant: the Supervisor has no connection/)
      assert.equal(connections(), 0)
    })

    test('that gives no sign of life is given up', async () => {
      const fast = { ...timing, heartbeatMs: 30, heartbeatPatienceMs: 30 }
      connect({ timing: fast })
      await waitFor(() => connections() === 1, { what: 'a connection' })
      core.silent = ['ping']
      await waitFor(() => connections() >= 2, { what: 'a new one' })
      core.silent = []
    })

    test('that speaks garbage ends, not the daemon', async () => {
      connect()
      for (const [index, garbage] of ['{', 'null', '[null]', '7'].entries()) {
        await waitFor(() => connections() === index + 1, { what: 'a connection' })
        core.sayRaw(garbage)
      }
      await waitFor(() => connections() === 5, { what: 'a connection' })
    })

    test('closes within two seconds, even where nobody answers any more', async () => {
      connect().publish(exampleSnapshot())
      await client.brokerIs(false)
      await waitFor(() => core.states.has('sensor.wan_failover_policy_items_wan'), {
        what: 'states',
      })
      for (const id of core.states.keys()) supervisor.answer(`/core/api/states/${id}`, 'silence')
      const beforeMs = performance.now()
      await client.close()
      assert.ok(performance.now() - beforeMs < 2_000)
      assert.equal(log.matching(/lost/).length, 0)
    })
  })
})
