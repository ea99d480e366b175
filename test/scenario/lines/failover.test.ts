import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'

describe('each line in turn', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'one-subnet' })
  })
  after(() => house.close())

  test('a WAN that is not in use dies without disturbing the one in use', async () => {
    const stream = await house.lab.client(1).startStream()
    const broken = await breakLine(house, { wan: 2, kind: 'gateway-dead' }, { tells: 'wan_down' })
    const { event: up } = await mendLine(house, 2, { tells: 'wan_up' })
    await stream.waitForWan(1, { afterMs: up.seenMs + 200, deadlineMs: 5_000 })
    await stream.stop()
    assert.equal(stream.lostBetween(broken.beforeMs, up.seenMs), 0)
  })

  test('a silent upstream moves the clients to the secondary, its repair moves them back', async () => {
    const stream = await house.lab.client(1).startStream({ newFlows: true })
    const { beforeMs, event } = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
    await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 5_000 })
    assert.deepEqual(
      { from: event.from, to: event.to, wan: event.wan },
      { from: 'primary', to: 'secondary', wan: 'secondary' },
    )
    assert.match(
      event.reason,
      /no reply from 1\.1\.1\.1, .* though the gateway 192\.168\.0\.1 replies/,
    )
    assert.ok((event.detect_ms ?? 0) > 0 && (event.switch_ms ?? 0) > 0)

    const repair = await mendLine(house, 1)
    const back = await stream.waitForWan(1, { afterMs: repair.afterMs, deadlineMs: 5_000 })
    await stream.waitForWan(1, { afterMs: back.sentMs + 500, deadlineMs: 5_000 })
    await stream.stop()
    assert.equal(stream.lostBetween(repair.afterMs, back.sentMs + 500), 0, 'lost at the failback')
  })
})

test('a dead backup is never used, and with all down the first that answers carries at once', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const { mqtt } = house
  const stream = await house.lab.client(1).startStream({ newFlows: true })
  await breakLine(house, { wan: 2, kind: 'upstream-silent' }, { tells: 'wan_down' })
  await breakLine(house, { wan: 1, kind: 'upstream-silent' }, { tells: 'all_down' })
  assert.equal(mqtt.state()?.active, 'primary')
  assert.ok(!mqtt.events.some(({ event_type }) => event_type === 'failover'))
  const { beforeMs, event } = await mendLine(house, 2, { tells: 'restored' })
  const { answer } = await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 5_000 })
  // It counts as healthy only once it has answered some rounds in a row.
  assert.ok(answer.atMs < event.seenMs - 1_000, `${answer.atMs - beforeMs} ms after it returned`)
  const moved = mqtt.events.find(({ event_type }) => event_type === 'failover')
  assert.match(moved?.reason ?? '', /secondary answers again, and no other WAN is healthy/)
  await stream.stop()
})

test('DNS that is dead while ping lives makes the primary degraded, and it is left', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const degraded = { tells: 'wan_degraded' } as const
  const { beforeMs, event } = await breakLine(house, { wan: 1, kind: 'dns-dead' }, degraded)
  assert.match(event.reason, /dns gets no reply, though icmp does/)
  const wait = { afterMs: beforeMs, deadlineMs: 5_000 }
  const moved = await house.mqtt.waitForEvent('failover', wait)
  assert.match(moved.reason, /primary is degraded: .*dns/)
})

test('ping that is filtered while DNS lives is no outage', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const degraded = { tells: 'wan_degraded' } as const
  const { event } = await breakLine(house, { wan: 1, kind: 'icmp-dead' }, degraded)
  assert.match(event.reason, /icmp gets no reply, though dns does/)
  assert.ok(!house.mqtt.events.some(({ event_type }) => event_type === 'wan_down'))
})

test('a slow line is degraded with its latency, and left for a faster one', async () => {
  await using house = await House.open({
    topology: 'two-interfaces',
    options: { probe: { targets: ['1.1.1.1', '8.8.8.8'], max_latency_ms: 150 } },
  })
  const slow = { wan: 1, kind: 'slow', delayMs: 300, jitterMs: 30 } as const
  const degraded = { tells: 'wan_degraded', deadlineMs: 40_000 } as const
  const { beforeMs, event } = await breakLine(house, slow, degraded)
  assert.match(event.reason, /takes \d+ ms to answer \(limit 150 ms\)/)
  await house.mqtt.waitForEvent('failover', { afterMs: beforeMs, deadlineMs: 5_000 })
})
