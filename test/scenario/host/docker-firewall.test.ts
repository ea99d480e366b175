import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import {
  type DockerNetwork,
  dockerUserRules,
  removeDockerFirewall,
  startDockerFirewall,
} from '../../lab/host/docker-firewall.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { type Topology, target, target6 } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

const lag = new MachineLag()

const network: DockerNetwork = {
  bridge: 'br-lab',
  subnet: '172.18.0.0/16',
  published: { address: '172.18.0.2', port: 80 },
}
/** The owner's own, as Docker's chain ended up to version 26. */
const foreign = ['-s 192.168.0.150/32 -j DROP', '-j RETURN']

/** A host with Docker's firewall, a container and rules of the owner's; the daemon is stopped. */
async function openWithDocker(wanted: HouseOptions) {
  const house = await House.open({ waitUntilUp: false, ...wanted })
  const { host } = house.lab
  await house.daemon.stop()
  const bridge = await BridgeNetwork.add(network.bridge, network.subnet)
  await bridge.attach()
  await startDockerFirewall(host, network)
  await host.script(foreign.map((rule) => `iptables -A DOCKER-USER ${rule}`).join('\n'))
  const close = async () => {
    await house.close()
    await removeDockerFirewall(host)
    await bridge.remove()
  }
  return { house, host, [Symbol.asyncDispose]: close }
}

/** `refused` comes from the machine itself: the packet has reached it. */
async function connect(from: LabNode, address: string, port: number): Promise<string> {
  const attempt = `timeout 3 bash -c '</dev/tcp/${address}/${port}' 2>&1 || echo "status $?"`
  const said = await from.run('sh', '-c', attempt)
  return /refused/.test(said) ? 'refused' : /status 124/.test(said) ? 'silence' : said
}

function mayReachInternet(client: LabNode): Promise<boolean> {
  return client.run('ping', '-c', '1', '-W', '1', target).then(
    () => true,
    () => false,
  )
}

const accept = (match: string) =>
  `-A DOCKER-USER ${match} -m comment --comment wan_failover -j ACCEPT`
const answers = '-m conntrack --ctstate RELATED,ESTABLISHED'

const expected: readonly { topology: Topology; wans: [object, object]; accepts: string[] }[] = [
  { topology: 'one-subnet', wans: [{}, {}], accepts: ['-i eth0 -o eth0'] },
  {
    topology: 'lan-and-stick',
    wans: [{}, { metered: true }],
    accepts: ['-i eth0 -o eth0', '-i eth0 -o wwan0', `-i wwan0 -o eth0 ${answers}`],
  },
  {
    topology: 'two-interfaces',
    wans: [{}, {}],
    accepts: [
      ...['-i wan1 -o wan1', '-i wan1 -o wan2', '-i wan2 -o wan1', '-i wan2 -o wan2'],
      ...['-i eth0 -o wan1', '-i eth0 -o wan2'],
      ...[`-i wan1 -o eth0 ${answers}`, `-i wan2 -o eth0 ${answers}`],
    ],
  },
]

for (const { topology, wans, accepts } of expected) {
  test(`${topology}: clients get through where Docker drops, and nothing else does`, async () => {
    await using setting = await openWithDocker({ topology, wans })
    const { house, host } = setting
    const { lab } = house
    const [one, two] = [lab.client(1), lab.client(2)]
    assert.equal(await mayReachInternet(one), false)
    assert.equal(await connect(one, network.published.address, 80), 'refused')
    const planned = (await house.folder.command('plan')).out
    const before = await dumpHost(host)
    house.startAgain()
    await house.waitUntilUp()
    const rules = (await dockerUserRules(host)).split('\n')
    const [ownersDrop, ...rest] = rules
    const ours = rest.filter((rule) => rule.includes('wan_failover'))
    assert.deepEqual(new Set(ours), new Set(accepts.map(accept)))
    assert.deepEqual(
      [ownersDrop, rest.at(-1)],
      foreign.map((rule) => `-A DOCKER-USER ${rule}`),
    )
    assert.equal(rules.length, ours.length + foreign.length)
    for (const match of accepts) assert.ok(planned.includes(`iptables -I DOCKER-USER ${match}`))
    const stream = await one.startStream()
    assert.equal(await mayReachInternet(two), false)
    assert.equal(await connect(one, network.published.address, 80), 'refused')
    assert.equal(await connect(one, network.published.address, 81), 'silence')
    const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
    await lab.repair(1)
    await stream.stop()
    assert.deepEqual((await dockerUserRules(host)).split('\n'), rules)
    assert.equal(await house.daemon.stop(), 0)
    assert.equal(await dumpHost(host), before)
    assert.doesNotMatch(house.daemon.lines.join('\n'), /firewall drops|ERROR/)
  })
}

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
