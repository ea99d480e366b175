import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  dockerUserRules,
  removeDockerFirewall,
  startDockerFirewall,
} from '../../lab/host/docker-firewall.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target6 } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'
import {
  accept,
  connect,
  network,
  openWithDocker,
  testClientsBesideDocker,
} from './test-clients-beside-docker.ts'

const lag = new MachineLag()

testClientsBesideDocker({
  topology: 'one-subnet',
  wans: [{}, {}],
  accepts: ['-i eth0 -o eth0'],
})

test('what comes in by a link of a WAN without being asked for stays out', async () => {
  await using setting = await openWithDocker({ topology: 'two-interfaces' })
  const { lab } = setting.house
  const [client, gateway] = [lab.client(1), lab.gateway(1)]
  setting.house.startAgain()
  await setting.house.waitUntilUp()
  await gateway.ip([`route add ${lab.plan.lan.subnet} via ${lab.wan(1).hostAddress}`])
  await client.nft(`table inet watch {
    counter seen {}
    chain c { type filter hook input priority 0; tcp dport 81 counter name seen; }
  }`)
  const arrived = async () => {
    await connect(gateway, lab.plan.clients[0].address, 81)
    return !/packets 0 /.test(await client.run('nft', 'list', 'counter', 'inet', 'watch', 'seen'))
  }
  assert.equal(await arrived(), false)
  await setting.host.run('iptables', '-w', '-P', 'FORWARD', 'ACCEPT')
  assert.equal(await arrived(), true)
})

describe('the accept in DOCKER-USER', () => {
  const oneSubnet: HouseOptions = { topology: 'one-subnet', ipv6: true }
  const standsIn = (host: LabNode, family: 'ip' | 'ip6') => async () =>
    (await dockerUserRules(host, family)).includes(accept('-i eth0 -o eth0'))

  test('comes back when others delete it, and is named', async () => {
    await using setting = await openWithDocker(oneSubnet)
    const { house, host } = setting
    house.startAgain()
    await house.waitUntilUp()
    for (const family of ['ip', 'ip6'] as const) {
      house.daemon.lines.length = 0
      await host.run(`${family}tables`, '-w', '-F', 'DOCKER-USER')
      const sinceMs = monotonicMs()
      const what = `the accept of ${family} to come back`
      await waitFor(standsIn(host, family), { deadlineMs: 10_000, what })
      // The machine may be slow; a second is the promise, so a generous multiple is the check.
      const nowMs = monotonicMs()
      assert.ok(nowMs - sinceMs < 3_000 + lag.allowanceMs(sinceMs, nowMs))
      await house.daemon.waitForLine(/put it back: .*rule in DOCKER-USER: -i eth0/, {
        deadlineMs: 5_000,
      })
    }
  })

  test('comes when Docker does, and its going is no trouble', async () => {
    await using house = await House.open(oneSubnet)
    const { host } = house.lab
    await startDockerFirewall(host, network)
    const stream = await house.lab.client(1).startStream()
    const stream6 = await house.lab.client(1).startStream({ target: target6 })
    await Promise.all([stream.stop(), stream6.stop()])
    assert.ok(await standsIn(host, 'ip')())
    assert.ok(await standsIn(host, 'ip6')())
    await removeDockerFirewall(host)
    const free = await house.lab.client(1).startStream()
    await free.stop()
    assert.equal(await house.daemon.stop(), 0)
    assert.doesNotMatch(house.daemon.lines.join('\n'), /ERROR/)
    assert.doesNotMatch(await dumpHost(host), /DOCKER|wan_failover/)
  })

  test('stays with on_stop: keep, is adopted by the next start, and cleanup takes it', async () => {
    await using setting = await openWithDocker({ ...oneSubnet, options: { on_stop: 'keep' } })
    const { house, host } = setting
    const before = await dumpHost(host)
    house.startAgain()
    await house.waitUntilUp()
    await house.daemon.stop()
    const kept = await dockerUserRules(host)
    assert.match(kept, /wan_failover/)
    house.startAgain()
    await house.waitUntilUp()
    await house.daemon.stop()
    assert.equal(await dockerUserRules(host), kept)
    const done = await house.folder.command('cleanup')
    assert.equal(done.code, 0, done.err)
    assert.equal(await dumpHost(host), before)
  })
})
