import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'

test('5 percent of loss on both WANs moves nothing and is no outage', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  await lab.fault({ wan: 1, kind: 'loss', percent: 5 })
  await lab.fault({ wan: 2, kind: 'loss', percent: 5 })
  const known = await mqtt.waitForState(
    ({ wans }) => Object.values(wans).every(({ loss_percent }) => (loss_percent ?? 0) > 0),
    { deadlineMs: 120_000, what: 'a loss to be measured on both' },
  )
  assert.deepEqual(
    mqtt.events.map(({ event_type }) => event_type),
    [],
  )
  assert.equal(known.active, 'primary')
})

test('a flapping line lengthens its hold-down, and a flap alone is no failback', async () => {
  await using house = await House.open({
    topology: 'one-subnet',
    options: {
      failback: { delay: 1, max_hold_down: 60 },
      probe: { targets: ['1.1.1.1'], up_after: 1, timeout: 0.2 },
    },
  })
  const { lab, mqtt } = house
  for (let flap = 1; flap <= 7; flap++) {
    const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await mqtt.waitForEvent('wan_down', { afterMs: fault.beforeMs, deadlineMs: 20_000 })
    const repair = await lab.repair(1)
    const up = await mqtt.waitForEvent('wan_up', { afterMs: repair.beforeMs, deadlineMs: 30_000 })
    if (flap < 7) continue
    const back = await mqtt.waitForEvent('failback', { afterMs: up.seenMs, deadlineMs: 60_000 })
    // Two flaps beyond the five that are harmless: 1 s has become 4 s.
    assert.ok(back.seenMs - up.seenMs > 3_500, `failback after ${back.seenMs - up.seenMs} ms`)
  }
})
