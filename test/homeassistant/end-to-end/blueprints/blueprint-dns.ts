/** The blueprint that has a name follow the line in use, in a running Home Assistant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '../../../../src/model/published/snapshot.ts'
import { exampleSnapshot, exampleWanSnapshot } from '../../../examples/example-snapshot.ts'
import type { BlueprintHome } from './blueprint-home.ts'

export function testDynamicDns(home: () => BlueprintHome): void {
  const sensors = ['primary', 'secondary'].map((wan) => `sensor.wan_failover_${wan}_public_address`)
  const told = { event: 'name_moved', event_data: { address: '{{ address }}', wan: '{{ wan }}' } }

  /** By which line, and each line's public address. */
  const on = (active: string, primary: string, secondary: string): Snapshot =>
    exampleSnapshot({
      active,
      wans: {
        primary: exampleWanSnapshot({ public_ip: primary }),
        secondary: exampleWanSnapshot({ public_ip: secondary }),
      },
    })
  const begin = async (seconds = 0.1) => {
    await home().show(on('primary', '203.0.113.1', '198.51.100.2'))
    await home().homeAssistant.waitForState(sensors[0] ?? '', '203.0.113.1')
    const heard = await home().homeAssistant.listen('name_moved')
    heard.events.length = 0
    const input = { addresses: sensors, update: [told], settle: { seconds } }
    await home().automate('dynamic_dns', input)
    return heard
  }

  test('tells the address of the line that traffic moves to', async () => {
    const heard = await begin()
    await home().show(on('secondary', '203.0.113.1', '198.51.100.2'))
    const { data } = await heard.waitFor(() => true, 'the update')
    assert.deepEqual(data, { address: '198.51.100.2', wan: 'secondary' })
  })

  test("tells a new address of the line in use, and never another line's", async () => {
    const heard = await begin()
    await home().show(on('primary', '203.0.113.1', '198.51.100.77'))
    await home().homeAssistant.waitForState(sensors[1] ?? '', '198.51.100.77')
    await home().show(on('primary', '203.0.113.99', '198.51.100.77'))
    await heard.waitFor(() => true, 'the update')
    assert.deepEqual(
      heard.events.map(({ data }) => data),
      [{ address: '203.0.113.99', wan: 'primary' }],
    )
  })

  test('tells nothing of a line that traffic leaves again at once', async () => {
    const heard = await begin(1)
    await home().show(on('secondary', '203.0.113.1', '198.51.100.2'))
    await home().show(on('primary', '203.0.113.1', '198.51.100.2'))
    await heard.waitFor(() => true, 'the update')
    assert.deepEqual(
      heard.events.map(({ data }) => data['wan']),
      ['primary'],
    )
  })
}
