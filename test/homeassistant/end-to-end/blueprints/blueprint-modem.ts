/** The blueprint that restarts a modem by its plug, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../../../wait-for.ts'
import type { Yaml } from '../home-assistant/home-assistant-folder.ts'
import { plugEntity } from '../plug.ts'
import { type BlueprintHome, bothUp, primaryDown, witness } from './blueprint-home.ts'

export function testRestartModem(home: () => BlueprintHome): void {
  const connectivity = 'binary_sensor.wan_failover_primary_connectivity'
  const restart = (input: Yaml = {}, more: Yaml[] = []) => {
    const times = { down_for: { seconds: 0.2 }, off_for: { seconds: 0.5 }, pause: { seconds: 0 } }
    return home().automate(
      'restart_modem',
      { connectivity, plug: plugEntity, daily_limit: 1, ...times, ...input },
      more,
    )
  }

  /** Resolves when the plug has been told so often. */
  const told = (count: number) =>
    waitFor(() => home().plug.told.length >= count && home().plug.told, {
      deadlineMs: 10_000,
      what: `the plug to be told ${count} times`,
    })

  /** Does it, and resolves when the witness has seen what comes of it. */
  const untilWitnessed = async (happen: () => Promise<unknown>) => {
    const { events } = await home().homeAssistant.listen('witness')
    events.length = 0
    await happen()
    await waitFor(() => events[0], { deadlineMs: 10_000, what: 'the witness' })
  }

  test('switches off and on while it stays down, with a pause, up to the limit', async () => {
    const stillDown = await home().homeAssistant.listen('wan_failover_blueprint_still_down')
    const runs = await home().homeAssistant.listen('automation_triggered')
    const ofModem = () => runs.events.filter(({ data }) => data['name'] === 'restart_modem')
    await restart({ daily_limit: 2, pause: { seconds: 1 } })
    await home().show(primaryDown('secondary'))
    const [off, on, offAgain] = await told(4)
    assert.deepEqual(home().plug.states, ['OFF', 'ON', 'OFF', 'ON'])
    assert.ok((on?.atMs ?? 0) - (off?.atMs ?? 0) >= 490)
    assert.ok((offAgain?.atMs ?? 0) - (on?.atMs ?? 0) >= 990)
    const ended = { deadlineMs: 10_000, what: 'the end of the second pause' }
    await waitFor(() => stillDown.events.length === 2, ended)
    // Whoever may act on that event has begun by the time when a later one comes back.
    await untilWitnessed(() => home().homeAssistant.fireEvent('witness'))
    assert.equal(ofModem().length, 2)
  })

  test('does nothing when the line is back in time', async () => {
    await restart({ down_for: { seconds: 1 } }, [witness('on', 1.2)])
    await untilWitnessed(async () => {
      await home().show(primaryDown('secondary'))
      await home().show(bothUp)
    })
    assert.deepEqual(home().plug.states, [])
  })

  test('leaves the line in use alone until another one is', async () => {
    await restart({}, [witness('off', 0.4)])
    await untilWitnessed(() => home().show(primaryDown('primary')))
    assert.deepEqual(home().plug.states, [])
    await home().show(primaryDown('secondary'))
    await told(2)
  })

  test('restarts the line in use where it is told to', async () => {
    await restart({ while_in_use: true })
    await home().show(primaryDown('primary'))
    await told(2)
  })

  test('leaves the modem to the other box while that one serves', async () => {
    // Any binary sensor will do: the dead line's own is off, the living one's is on.
    await restart({ serving: connectivity }, [witness('off', 0.4)])
    await untilWitnessed(() => home().show(primaryDown('secondary')))
    assert.deepEqual(home().plug.states, [])
    await home().show(bothUp)
    await restart({ serving: 'binary_sensor.wan_failover_secondary_connectivity' })
    await home().show(primaryDown('secondary'))
    await told(2)
  })

  test('leaves a plug alone that is off', async () => {
    await home().homeAssistant.callService('switch', 'turn_off', { entity_id: plugEntity })
    await home().homeAssistant.waitForState(plugEntity, 'off')
    await restart({}, [witness('off', 0.4)])
    await untilWitnessed(() => home().show(primaryDown('secondary')))
    assert.deepEqual(home().plug.states, ['OFF'])
    await home().homeAssistant.callService('switch', 'turn_on', { entity_id: plugEntity })
    await home().homeAssistant.waitForState(plugEntity, 'on')
  })

  test('does what it is to do afterwards', async () => {
    const events = await home().homeAssistant.listen('modem_restarted')
    await restart({ afterwards: [{ event: 'modem_restarted' }] })
    await home().show(primaryDown('secondary'))
    await events.waitFor(() => true, 'the action after a restart')
    assert.deepEqual(home().plug.states, ['OFF', 'ON'])
  })

  test('switches the modem on again after Home Assistant has restarted meanwhile', async () => {
    await restart({ off_for: { minutes: 10 } })
    await home().show(primaryDown('secondary'))
    await told(1)
    await home().homeAssistant.stop()
    await home().homeAssistant.startAgain()
    await told(2)
    assert.deepEqual(home().plug.states, ['OFF', 'ON'])
    await home().homeAssistant.waitForState(plugEntity, 'on')
  })
}
