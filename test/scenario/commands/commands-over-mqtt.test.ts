import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { waitFor } from '../../wait-for.ts'

describe('in one house', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'one-subnet' })
  })
  after(() => house.close())

  test('garbage on the command topics changes nothing', async () => {
    const standing = house.mqtt.state()
    for (const garbage of ['', 'on', '{}', 'x'.repeat(10_000), '\u0000', 'tertiary']) {
      await house.mqtt.publish('test_failover/set', garbage)
      await house.mqtt.publish('mode/set', garbage)
      await house.mqtt.publish('failback/set', garbage)
    }
    await house.mqtt.publish('mode/set', 'secondary')
    const after = await house.mqtt.waitForState(({ mode }) => mode === 'secondary', {
      deadlineMs: 5_000,
      what: 'the good command behind the garbage',
    })
    assert.equal(after.test_failover.on, false)
    assert.equal(standing?.mode, 'automatic')
    await house.mqtt.publish('mode/set', 'automatic')
    await house.mqtt.waitForState(
      ({ active, mode }) => active === 'primary' && mode === 'automatic',
      {
        deadlineMs: 10_000,
        what: 'the primary, chosen by nobody',
      },
    )
  })

  test('the test switch moves the clients, shows when it ends, and takes them back at once', async () => {
    const { lab, mqtt } = house
    const stream = await lab.client(1).startStream({ newFlows: true })
    const startMs = monotonicMs()
    await mqtt.publish('test_failover/set', 'ON')
    await stream.waitForWan(2, { afterMs: startMs, deadlineMs: 10_000 })
    const started = await mqtt.waitForEvent('test_started', { afterMs: startMs, deadlineMs: 5_000 })
    assert.match(started.reason, /avoids primary/)
    const during = await mqtt.waitForState(({ test_failover }) => test_failover.on, {
      deadlineMs: 5_000,
      what: 'the test to be shown',
    })
    assert.ok(Date.parse(during.test_failover.until ?? '') > Date.now() + 9 * 60_000)
    await waitFor(() => mqtt.topic('test_failover/state') === 'ON', {
      deadlineMs: 5_000,
      what: 'the switch to be on',
    })

    const endMs = monotonicMs()
    await mqtt.publish('test_failover/set', 'OFF')
    await stream.waitForWan(1, { afterMs: endMs, deadlineMs: 10_000 })
    await mqtt.waitForEvent('test_ended', { afterMs: endMs, deadlineMs: 5_000 })
    await stream.stop()
  })

  test('a test is refused where no other WAN is healthy, and the user is told', async () => {
    const { mqtt } = house
    await breakLine(house, { wan: 2, kind: 'upstream-silent' }, { tells: 'wan_down' })
    await mqtt.publish('test_failover/set', 'ON')
    const told = await mqtt.waitForState(
      ({ problems }) => problems.some((problem) => problem.includes('was refused')),
      { deadlineMs: 5_000, what: 'the refusal to be shown' },
    )
    assert.equal(told.test_failover.on, false)
    assert.match(told.problems.join('\n'), /no other WAN is healthy: secondary is down/)
  })
})

test('a WAN chosen by hand is used until it dies, and a restart remembers the choice', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { mqtt } = house
  await mqtt.publish('mode/set', 'secondary')
  await mqtt.waitForState(({ active, mode }) => active === 'secondary' && mode === 'secondary', {
    deadlineMs: 5_000,
    what: 'the secondary to be used',
  })
  assert.equal(await house.daemon.stop(), 0)
  house.startAgain()
  await mqtt.waitForState(
    ({ active, at }) => active === 'secondary' && Date.parse(at) > Date.now() - 3_000,
    { deadlineMs: 20_000, what: 'the secondary to be used after the restart' },
  )
  await house.waitUntilUp()
  await breakLine(house, { wan: 2, kind: 'upstream-silent' }, { tells: 'wan_down' })
  await mqtt.waitForState(({ active }) => active === 'primary', {
    deadlineMs: 5_000,
    what: 'the dead choice to be left',
  })
  await mqtt.publish('mode/set', 'automatic')
  await mqtt.waitForState(({ mode }) => mode === 'automatic', {
    deadlineMs: 5_000,
    what: 'the automatic mode',
  })
})
