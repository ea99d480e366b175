import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import {
  type DockerNetwork,
  dockerUserRules,
  removeDockerFirewall,
  startDockerFirewall,
} from '../../lab/host/docker-firewall.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { type Topology, target } from '../../lab/network/plan.ts'

export const network: DockerNetwork = {
  bridge: 'br-lab',
  subnet: '172.18.0.0/16',
  published: { address: '172.18.0.2', port: 80 },
}

/** The owner's own, as Docker's chain ended up to version 26. */
const foreign = ['-s 192.168.0.150/32 -j DROP', '-j RETURN']

/** A host with Docker's firewall, a container and rules of the owner's; the daemon is stopped. */
export async function openWithDocker(wanted: HouseOptions) {
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
export async function connect(from: LabNode, address: string, port: number): Promise<string> {
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

export const accept = (match: string) =>
  `-A DOCKER-USER ${match} -m comment --comment wan_failover -j ACCEPT`

export function testClientsBesideDocker({
  topology,
  wans,
  accepts,
}: {
  readonly topology: Topology
  readonly wans: [object, object]
  readonly accepts: readonly string[]
}): void {
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
