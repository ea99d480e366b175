import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { Home, homeSkip } from './home.ts'

/** From the moment that it runs again: how long its own start takes isn't ours. */
const backMs = 15_000
const testSwitch = 'switch.wan_failover_test_failover'
const activeWan = 'sensor.wan_failover_active_wan'
/**
 * Unknown for good reasons: nothing happened yet, the loss is of a window that has to fill, and
 * bytes can't be told apart where both lines are on one interface.
 */
const mayBeUnknown =
  /\.wan_failover_(wan_change|fail_back_now|name_resolution|.*_(loss|received|sent))$/

describe('when one of them restarts', { skip: homeSkip(), timeout: 240_000 }, () => {
  let home: Home
  let ours: string[] = []

  const states = () => ours.map((entityId) => home.homeAssistant.state(entityId))

  async function allBack(t: TestContext, sinceMs: number): Promise<void> {
    const stillMissing = () =>
      ours.filter((entityId, index) => {
        const state = states()[index] ?? 'unavailable'
        return state === 'unavailable' || (state === 'unknown' && !mayBeUnknown.test(entityId))
      })
    await home
      .waitUntil(() => stillMissing().length === 0, 'all to be back', backMs)
      .catch((error: unknown) => {
        throw new Error(`still missing: ${stillMissing().join(', ')}`, { cause: error })
      })
    t.diagnostic(`all back after ${(monotonicMs() - sinceMs).toFixed(0)} ms`)
  }

  /** Nothing but a daemon that listens makes the switch turn. */
  async function obeys(): Promise<void> {
    const { homeAssistant } = home
    await homeAssistant.callService('switch', 'turn_on', { entity_id: testSwitch })
    await homeAssistant.waitForState(activeWan, 'secondary')
    await homeAssistant.callService('switch', 'turn_off', { entity_id: testSwitch })
    await homeAssistant.waitForState(activeWan, 'primary')
  }

  before(async () => {
    home = await Home.open()
    await home.waitUntilUp()
    const address = 'sensor.wan_failover_secondary_public_address'
    await home.homeAssistant.waitForState(address, home.lab.wan(2).publicAddress, 60_000)
    ours = Object.keys(home.homeAssistant.entities).filter((id) => id.includes('.wan_failover_'))
    assert.equal(ours.length, 23)
  })

  after(async () => {
    await home?.close()
  })

  test('a killed daemon is unavailable in Home Assistant, and back when it starts', async (t) => {
    await home.daemon.end('SIGKILL')
    const killedMs = monotonicMs()
    await home.waitUntil(
      () => states().every((state) => state === 'unavailable'),
      'all entities to be unavailable',
      5_000,
    )
    t.diagnostic(`unavailable after ${(monotonicMs() - killedMs).toFixed(0)} ms`)
    home.startDaemonAgain()
    await allBack(t, monotonicMs())
    await obeys()
  })

  test('a daemon that is stopped is unavailable too', async (t) => {
    assert.equal(await home.daemon.stop(), 0)
    await home.waitUntil(
      () => states().every((state) => state === 'unavailable'),
      'all entities to be unavailable',
      5_000,
    )
    home.startDaemonAgain()
    await allBack(t, monotonicMs())
  })

  test('after a restart of Home Assistant everything is back within 15 s', async (t) => {
    const { homeAssistant } = home
    const changes = () => homeAssistant.entities[activeWan]?.last_changed
    const before = changes()
    await homeAssistant.stop()
    await homeAssistant.startAgain()
    await allBack(t, monotonicMs())
    assert.notEqual(changes(), before)
    await obeys()
  })

  test('after a restart of the broker everything is back within 15 s', async (t) => {
    await home.mosquitto.stop()
    await home.waitUntil(
      () => states().every((state) => state === 'unavailable'),
      'Home Assistant to notice that the broker has gone',
      10_000,
    )
    await home.mosquitto.start()
    await allBack(t, monotonicMs())
    await obeys()
  })

  test('after both have restarted at once everything is back within 15 s', async (t) => {
    await Promise.all([home.mosquitto.stop(), home.homeAssistant.stop()])
    await home.mosquitto.start()
    await home.homeAssistant.startAgain()
    await allBack(t, monotonicMs())
    await obeys()
  })

  test("Home Assistant's log names us in no complaint of its own", () => {
    const ours = /wan_failover|wan failover|discovery|template/i
    const complaints = home.homeAssistant.folder
      .messages()
      .filter((line) => /\b(WARNING|ERROR|CRITICAL)\b/.test(line) && ours.test(line))
    assert.deepEqual(complaints, [])
  })
})
