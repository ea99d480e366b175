import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import { selfInfo } from '../../fakes/supervisor-answers.ts'
import { waitFor } from '../../wait-for.ts'
import { broker, Home, homeSkip } from './home.ts'
import type { Heard, HeardEvent } from './home-assistant/home-assistant.ts'
import type { Pushed } from './phone.ts'

const activeWan = 'sensor.wan_failover_active_wan'

interface Notification {
  readonly notification_id: string
  readonly title: string | null
  readonly message: string
}

describe('as an add-on with a broker', { skip: homeSkip(), timeout: 180_000 }, () => {
  let home: Home
  let changes: Heard

  before(async () => {
    home = await Home.open({
      supervised: true,
      options: { notify: ['notify.mobile_app_phone'], failback: { delay: 300 } },
    })
    changes = await home.homeAssistant.listen('wan_failover_changed')
    await home.waitUntilUp()
  })

  after(async () => {
    await home?.close()
  })

  function pushed(title: RegExp): Promise<Pushed> {
    return home.phone.waitForPush((each) => title.test(each.title ?? ''), `${title}`)
  }

  test('the broker is the one that the Supervisor names', () => {
    assert.ok(home.supervisor?.requests.includes('GET /services/mqtt'))
    assert.ok(home.daemon.lines.some((line) => line.includes('connected to the broker 127.0.0.1')))
  })

  test('the page answers the Supervisor only, at an address of its network only', async () => {
    const { ingress_port: port } = selfInfo
    const asked = { host: '172.30.32.1', port, path: '/api/state' }
    const { status, body } = await get({ ...asked, localAddress: '172.30.32.2' })
    assert.equal(status, 200)
    assert.equal((JSON.parse(body) as Snapshot).active, 'primary')
    for (const localAddress of ['172.30.32.1', '192.168.0.3']) {
      const other = await get({ ...asked, localAddress })
      assert.notEqual(other.status, 200, localAddress)
      assert.doesNotMatch(other.body, /primary/)
    }
    for (const host of ['127.0.0.1', '192.168.0.3', '172.30.32.2']) {
      assert.deepEqual(await get({ ...asked, host }), { status: 'ECONNREFUSED', body: '' }, host)
    }
  })

  test('a failover is an event on the bus, and a text on the phone with a button', async () => {
    const { homeAssistant, lab } = home
    await homeAssistant.writeAutomations([
      {
        id: 'on_event',
        alias: 'On the bus event',
        triggers: [
          {
            trigger: 'event',
            event_type: 'wan_failover_changed',
            event_data: { event_type: 'failover' },
          },
        ],
        actions: [
          {
            action: 'notify.mobile_app_phone',
            data: { title: 'automation', message: '{{ trigger.event.data.to }}' },
          },
        ],
      },
    ])
    await lab.fault({ wan: 1, kind: 'upstream-silent' })
    const { data } = await changes.waitFor(isChange('failover'), 'the failover', 20_000)
    const { from, to, wan, reason, detect_ms, switch_ms, at } = data
    assert.deepEqual({ from, to, wan }, { from: 'primary', to: 'secondary', wan: 'secondary' })
    assert.match(`${reason}`, /no reply from 1\.1\.1\.1/)
    assert.ok(Number(detect_ms) > 0 && Number(switch_ms) > 0)
    assert.ok(Math.abs(Date.now() - Date.parse(`${at}`)) < 20_000)

    const { title, message, data: extra } = await pushed(/secondary/)
    assert.equal(title, 'Internet now on secondary')
    assert.match(message, /^Moved from primary to secondary: .*no reply from 1\.1\.1\.1.*\d+ ms/)
    const [button, ...more] = extra?.actions ?? []
    assert.deepEqual(button, { action: 'WAN_FAILOVER_FAIL_BACK', title: 'Fail back now' })
    assert.deepEqual(more, [])
    assert.equal((await pushed(/^automation$/)).message, 'secondary')
  })

  test('a tap on the button fails back', async () => {
    const { homeAssistant, lab } = home
    await lab.repair(1)
    await homeAssistant.waitForState('sensor.wan_failover_primary_state', 'up', 60_000)
    assert.equal(homeAssistant.state(activeWan), 'secondary', 'the delay is five minutes')
    await homeAssistant.fireEvent('mobile_app_notification_action', {
      action: 'WAN_FAILOVER_FAIL_BACK',
    })
    await changes.waitFor(isChange('failback'), 'the failback')
    await homeAssistant.waitForState(activeWan, 'primary')
    const { message } = await pushed(/back on primary/)
    assert.match(message, /^Moved back from secondary to primary after /)
  })

  test('after a restart of Home Assistant changes are events on its bus again', async () => {
    await home.homeAssistant.stop()
    await home.homeAssistant.startAgain()
    changes.events.length = 0
    await home.waitUntilUp()
    const entity_id = 'switch.wan_failover_test_failover'
    // The daemon comes back by itself, in the end every ten seconds.
    await waitFor(
      async () => {
        await home.homeAssistant.callService('switch', 'turn_on', { entity_id })
        await home.homeAssistant.waitForState(activeWan, 'secondary')
        await home.homeAssistant.callService('switch', 'turn_off', { entity_id })
        await home.homeAssistant.waitForState(activeWan, 'primary')
        return changes.events.some(isChange('failover'))
      },
      { deadlineMs: 15_000, everyMs: 250, what: 'the failover of a test on the bus' },
    )
  })

  test("Home Assistant's log has no complaint about us", () => {
    const ours = /wan_failover|wan failover/i
    const complaints = home.homeAssistant.folder
      .messages()
      .filter((line) => /\b(WARNING|ERROR|CRITICAL)\b/.test(line) && ours.test(line))
    assert.deepEqual(complaints, [])
  })
})

describe('where Home Assistant has no MQTT', { skip: homeSkip(), timeout: 180_000 }, () => {
  let home: Home

  before(async () => {
    home = await Home.open({ supervised: true, mqtt: 'not_in_home_assistant' })
  })

  after(async () => {
    await home?.close()
  })

  test('it is said in the log and by a notification, with what to do', async () => {
    const note = await notification(home, ({ message }) => /MQTT integration/.test(message))
    assert.match(note.message, /isn't set up.*add it in Settings/)
    await home.daemon.waitForLine(/WARN.*MQTT integration isn't set up/, { deadlineMs: 5_000 })
  })

  test('the entities appear as soon as the user has added it', async () => {
    await home.homeAssistant.addMqtt(broker)
    await home.waitUntilUp()
  })
})

describe('where there is neither broker nor phone', { skip: homeSkip(), timeout: 180_000 }, () => {
  let home: Home
  const shown = ['binary_sensor.wan_failover_primary_connectivity', activeWan]

  before(async () => {
    home = await Home.open({ supervised: true, mqtt: 'no_broker' })
  })

  after(async () => {
    await home?.close()
  })

  test('the states appear all the same', async () => {
    await home.waitUntilUp()
    await home.homeAssistant.waitForState(activeWan, 'primary')
    const { attributes } = home.homeAssistant.entities['sensor.wan_failover_primary_latency'] ?? {}
    assert.deepEqual(
      [attributes?.device_class, attributes?.unit_of_measurement, attributes?.['state_class']],
      ['duration', 'ms', 'measurement'],
    )
  })

  test('a failover is a notification in Home Assistant, and a changed state', async () => {
    await home.lab.fault({ wan: 1, kind: 'upstream-silent' })
    await home.homeAssistant.waitForState(activeWan, 'secondary', 20_000)
    const note = await notification(home, ({ title }) => title === 'Internet now on secondary')
    assert.match(note.message, /^Moved from primary to secondary: /)
    await home.lab.repair(1)
    await home.homeAssistant.waitForState(activeWan, 'primary', 60_000)
  })

  test('after a restart of Home Assistant the states are back within 15 s', async (t) => {
    await home.homeAssistant.stop()
    await home.homeAssistant.startAgain()
    const sinceMs = performance.now()
    await home.waitUntil(
      () => shown.every((entityId) => home.homeAssistant.state(entityId) !== undefined),
      'the states to be back',
      15_000,
    )
    t.diagnostic(`back after ${(performance.now() - sinceMs).toFixed(0)} ms`)
    assert.equal(home.homeAssistant.state(activeWan), 'primary')
  })

  test('a daemon that stops takes its states away', async () => {
    assert.equal(await home.daemon.stop(), 0)
    const gone = ({ state }: { state: string }) => state === 'unavailable'
    await home.waitUntil(
      () =>
        shown.every((entityId) => {
          const entity = home.homeAssistant.entities[entityId]
          return entity === undefined || gone(entity)
        }),
      'the states to be gone',
      5_000,
    )
  })
})

/** The status, or the code of the error that there was instead. */
async function get(options: RequestOptions): Promise<{ status: number | string; body: string }> {
  try {
    const asking = request({ ...options, timeout: 5_000 })
    asking.end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, body: await text(answer) }
  } catch (error) {
    return { status: (error as NodeJS.ErrnoException).code ?? String(error), body: '' }
  }
}

function isChange(type: string) {
  return ({ data }: HeardEvent) => data['event_type'] === type
}

function notification(home: Home, fits: (note: Notification) => boolean): Promise<Notification> {
  const find = async () => {
    const notes = await home.homeAssistant.command<Notification[]>({
      type: 'persistent_notification/get',
    })
    return notes.find(fits)
  }
  return waitFor(find, { deadlineMs: 15_000, everyMs: 50, what: 'a notification that fits' })
}
