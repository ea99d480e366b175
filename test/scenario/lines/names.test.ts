import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { ok } from '../../fakes/stand-in-answer.ts'
import { callItSupervisor, StandInSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { dnsInfo } from '../../fakes/supervisor-answers.ts'
import { tellResolvers } from '../../lab/host/resolv-conf.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { Lab } from '../../lab/lab.ts'
import type { WanNumber } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'

const lag = new MachineLag()

before(() => {
  tellResolvers()
  callItSupervisor('127.0.0.1')
})

/** As home routers do: what they are asked, they ask out there, by their own line. */
async function answerNames(lab: Lab, wan: WanNumber): Promise<void> {
  const { gateway } = lab.plan.wans[wan - 1] ?? assert.fail()
  await lab.gateway(wan).nft(`table ip names {
    chain asked {
      type nat hook prerouting priority dstnat
      ip daddr ${gateway} udp dport 53 dnat to 198.51.100.1
    }
  }`)
}

test('names die with the router that is the only resolver, are told, and come back with it', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  await answerNames(house.lab, 1)
  tellResolvers('192.168.0.1')
  const peace = await house.mqtt.waitForState(
    ({ resolvers }) => resolvers['192.168.0.1']?.state === 'up',
    { deadlineMs: 15_000, what: 'the router to be known as a resolver that answers' },
  )
  assert.deepEqual(peace.resolvers['192.168.0.1'], {
    state: 'up',
    via: 'primary',
    rescued: false,
    reason: "it answers; it is primary's router",
  })
  await house.daemon.waitForLine(
    /the only DNS server, 192\.168\.0\.1, is primary's router: when that line dies, names die/,
    { deadlineMs: 5_000 },
  )

  const fault = { wan: 1, kind: 'upstream-silent' } as const
  const { event, beforeMs } = await breakLine(house, fault, { tells: 'names_down' })
  assert.equal(event.wan, 'primary')
  assert.match(event.reason, /192\.168\.0\.1: it gives no answer; it is primary's router/)
  const failover = await house.mqtt.waitForEvent('failover', {
    afterMs: beforeMs,
    deadlineMs: 5_000,
  })
  const mostMs = 2_000 + lag.allowanceMs(beforeMs, event.seenMs)
  assert.ok(event.seenMs - failover.seenMs < mostMs, `${event.seenMs - failover.seenMs} ms later`)
  const rescued = await house.mqtt.waitForState(
    ({ resolvers }) => resolvers['192.168.0.1']?.rescued === true,
    { deadlineMs: 5_000, what: 'the resolver to be rescued' },
  )
  assert.match(
    rescued.resolvers['192.168.0.1']?.reason ?? '',
    /what passes this machine asks 1\.1\.1\.1 by secondary instead/,
  )

  await mendLine(house, 1, { tells: 'names_up' })
  await house.mqtt.waitForState(({ resolvers }) => resolvers['192.168.0.1']?.rescued === false, {
    deadlineMs: 5_000,
    what: 'the rescue to end',
  })
})

test('a resolver that a host route pins to a line dies with it', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const { host } = house.lab
  await host.run('ip', 'route', 'add', '198.51.100.1', 'via', '10.1.0.1', 'dev', 'wan1')
  tellResolvers('198.51.100.1')
  const peace = await house.mqtt.waitForState(
    ({ resolvers }) =>
      resolvers['198.51.100.1']?.state === 'up' && resolvers['198.51.100.1'].via !== null,
    { deadlineMs: 15_000, what: 'the pinned resolver to be known' },
  )
  assert.equal(peace.resolvers['198.51.100.1']?.via, 'primary')
  const fault = { wan: 1, kind: 'upstream-silent' } as const
  const { event } = await breakLine(house, fault, { tells: 'names_down' })
  assert.match(event.reason, /a route to 198\.51\.100\.1\/32 in main leads there by primary alone/)
  await host.run('ip', 'route', 'del', '198.51.100.1')
})

test("behind the Supervisor's server are those that it asks", async (t) => {
  tellResolvers('172.30.32.3')
  const supervisor = await StandInSupervisor.start({ port: 80 })
  t.after(() => supervisor.close())
  supervisor.answer('/dns/info', ok({ ...dnsInfo, servers: ['dns://198.51.100.1'] }))
  await using house = await House.open({
    topology: 'one-subnet',
    circumstances: { environment: { SUPERVISOR_TOKEN: supervisor.token } },
  })
  const { resolvers } = await house.mqtt.waitForState(
    ({ resolvers }) => resolvers['192.168.0.1'] !== undefined,
    { deadlineMs: 20_000, what: "the Supervisor's servers to be known" },
  )
  assert.deepEqual(Object.keys(resolvers), ['172.30.32.3', '198.51.100.1', '192.168.0.1'])
  assert.equal(resolvers['192.168.0.1']?.via, 'primary')
})
