import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { target, target6 } from '../../lab/network/plan.ts'

test('with two interfaces the clients and the host itself go on by the second', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { lab } = house
  const client = await lab.client(1).startStream()
  const host = await lab.host.startStream({ newFlows: true })
  const fault = await lab.fault({ wan: 1, kind: 'carrier-cut' })
  await client.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await host.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
  await Promise.all([client.stop(), host.stop()])
})

describe('on one subnet', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'one-subnet', ipv6: true })
  })
  after(() => house.close())

  test('with us no redirect reaches a client, over IPv4 and IPv6', async () => {
    const { lab } = house
    await lab.client(1).nft(`table inet watch {
      counter seen {}
      chain c { type filter hook input priority 0;
        icmp type redirect counter name seen; icmpv6 type nd-redirect counter name seen; }
    }`)
    const stream = await lab.client(1).startStream()
    const stream6 = await lab.client(1).startStream({ target: target6 })
    const startMs = monotonicMs()
    await stream.waitForWan(1, { afterMs: startMs + 1_500, deadlineMs: 10_000 })
    await Promise.all([stream.stop(), stream6.stop()])
    const seen = await lab.client(1).run('nft', 'list', 'counter', 'inet', 'watch', 'seen')
    assert.match(seen, /packets 0 /)
    assert.match(await lab.client(1).run('ip', 'route', 'get', target), /via 192\.168\.0\.3/)
  })

  test('the LAN, and what main knows better than a default, never go through a WAN', async () => {
    const { host, plan } = { host: house.lab.host, plan: house.lab.plan }
    await host.ip([
      'link add br-x type bridge',
      'link set br-x up',
      'address add 172.30.0.1/16 dev br-x',
    ])
    for (const inside of [plan.clients[0].address, '172.30.7.7']) {
      const way = await host.run('ip', 'route', 'get', inside)
      assert.doesNotMatch(way, /via 192\.168\.0\.[12]/)
    }
    const forwarded = ['ip', 'route', 'get', '172.30.7.7', 'from', plan.clients[0].address]
    const way = await host.run(forwarded[0] ?? 'ip', ...forwarded.slice(1), 'iif', 'eth0')
    assert.match(way, /dev br-x/)
    await host.ip(['link del br-x'])
  })
})

describe('with two interfaces, after an outage', () => {
  let house: House
  before(async () => {
    house = await House.open({ topology: 'two-interfaces' })
  })
  after(() => house.close())

  test('at a graceful failback running flows stay where they are, new ones return, none is lost', async () => {
    const { lab } = house
    const running = await lab.client(1).startStream()
    const fresh = await lab.client(2).startStream({ newFlows: true, everyMs: 20 })
    const fault = await lab.fault({ wan: 1, kind: 'carrier-cut' })
    await running.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
    await fresh.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
    const { event, ...repair } = await mendLine(house, 1)
    await fresh.waitForWan(1, { afterMs: event.seenMs, deadlineMs: 5_000 })
    await running.waitForWan(2, { afterMs: event.seenMs + 500, deadlineMs: 5_000 })
    await Promise.all([running.stop(), fresh.stop()])
    const window = [repair.afterMs, event.seenMs + 300] as const
    assert.deepEqual([running.lostBetween(...window), fresh.lostBetween(...window)], [0, 0])
  })

  test('flows that were kept on a WAN leave it when it dies', async () => {
    const { lab } = house
    const stream = await lab.client(1).startStream()
    const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
    await mendLine(house, 1)
    const second = await lab.fault({ wan: 2, kind: 'upstream-silent' })
    await stream.waitForWan(1, { afterMs: second.beforeMs, deadlineMs: 20_000 })
    await stream.stop()
  })
})
