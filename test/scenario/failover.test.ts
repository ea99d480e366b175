import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../lab/house.ts'

const target = '203.0.113.1'

test('a silent upstream moves the clients to the secondary, its repair moves them back', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  const stream = await lab.client(1).startStream({ target, newFlows: true })
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  const failover = await mqtt.waitForEvent('failover', {
    afterMs: fault.beforeMs,
    deadlineMs: 5_000,
  })
  assert.deepEqual(
    { from: failover.from, to: failover.to, wan: failover.wan },
    { from: 'primary', to: 'secondary', wan: 'secondary' },
  )
  assert.match(
    failover.reason,
    /no reply from 1\.1\.1\.1, .* though the gateway 192\.168\.0\.1 replies/,
  )
  assert.ok((failover.detect_ms ?? 0) > 0 && (failover.switch_ms ?? 0) > 0)

  const repair = await lab.repair(1)
  const back = await stream.waitForWan(1, { afterMs: repair.afterMs, deadlineMs: 30_000 })
  await mqtt.waitForEvent('failback', { afterMs: repair.beforeMs, deadlineMs: 5_000 })
  await stream.waitForWan(1, { afterMs: back.sentMs + 500, deadlineMs: 5_000 })
  await stream.stop()
  assert.equal(stream.lostBetween(repair.afterMs, back.sentMs + 500), 0, 'lost at the failback')
})

test('a backup that is dead is never used, and with all down nothing moves', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  await lab.fault({ wan: 2, kind: 'upstream-silent' })
  await mqtt.waitForState(({ wans }) => wans['secondary']?.state === 'down', {
    deadlineMs: 20_000,
    what: 'the secondary to be down',
  })
  const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
  await mqtt.waitForEvent('all_down', { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  assert.equal(mqtt.state()?.active, 'primary')
  assert.ok(!mqtt.events.some(({ event_type }) => event_type === 'failover'))
  const repair = await lab.repair(2)
  await mqtt.waitForEvent('restored', { afterMs: repair.beforeMs, deadlineMs: 30_000 })
  await mqtt.waitForState(({ active }) => active === 'secondary', {
    deadlineMs: 5_000,
    what: 'the secondary to be used once it lives',
  })
})

test('a WAN that is not in use dies without disturbing the one in use', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { lab, mqtt } = house
  const stream = await lab.client(1).startStream({ target })
  const fault = await lab.fault({ wan: 2, kind: 'gateway-dead' })
  await mqtt.waitForEvent('wan_down', { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  const repair = await lab.repair(2)
  const up = await mqtt.waitForEvent('wan_up', { afterMs: repair.beforeMs, deadlineMs: 30_000 })
  await stream.waitForWan(1, { afterMs: up.seenMs + 200, deadlineMs: 5_000 })
  await stream.stop()
  assert.equal(stream.lostBetween(fault.beforeMs, up.seenMs), 0)
})

test('DNS that is dead while ping lives makes the primary degraded, and it is left', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const fault = await house.lab.fault({ wan: 1, kind: 'dns-dead' })
  const event = await house.mqtt.waitForEvent('wan_degraded', {
    afterMs: fault.beforeMs,
    deadlineMs: 20_000,
  })
  assert.match(event.reason, /dns gets no reply, though icmp does/)
  const moved = await house.mqtt.waitForEvent('failover', {
    afterMs: fault.beforeMs,
    deadlineMs: 5_000,
  })
  assert.match(moved.reason, /primary is degraded: .*dns/)
})

test('ping that is filtered while DNS lives is no outage', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const fault = await house.lab.fault({ wan: 1, kind: 'icmp-dead' })
  const event = await house.mqtt.waitForEvent('wan_degraded', {
    afterMs: fault.beforeMs,
    deadlineMs: 20_000,
  })
  assert.match(event.reason, /icmp gets no reply, though dns does/)
  assert.ok(!house.mqtt.events.some(({ event_type }) => event_type === 'wan_down'))
})

test('a slow line is degraded with its latency, and left for a faster one', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    options: { probe: { targets: ['1.1.1.1', '8.8.8.8'], max_latency_ms: 150 } },
  })
  const fault = await house.lab.fault({ wan: 1, kind: 'slow', delayMs: 300, jitterMs: 30 })
  const event = await house.mqtt.waitForEvent('wan_degraded', {
    afterMs: fault.beforeMs,
    deadlineMs: 40_000,
  })
  assert.match(event.reason, /takes \d+ ms to answer \(limit 150 ms\)/)
  await house.mqtt.waitForEvent('failover', { afterMs: fault.beforeMs, deadlineMs: 5_000 })
})
