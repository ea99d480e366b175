import './enter-namespace.ts'
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { waitFor } from '../wait-for.ts'
import { skipWithout } from './host/requirements.ts'
import { Lab } from './lab.ts'
import { LabNode } from './network/node.ts'
import { dnsAnswer, type Topology, target, target6, type WanNumber } from './network/plan.ts'

const skip = skipWithout('ip', 'nft', 'ping', 'nsenter')
const topologies: readonly Topology[] = ['one-subnet', 'two-interfaces', 'lan-and-stick']

for (const topology of topologies) {
  test(`on ${topology} the host and the clients reach the Internet through both WANs`, {
    skip,
  }, async () => {
    await using lab = await Lab.create({ topology, ipv6: true })
    // What the gateways' networks don't know must be hidden, as behind any phone's hotspot.
    await lab.host.nft(masqueradeEverything)
    for (const wan of [1, 2] as const) {
      await useWan(lab, wan)
      for (const node of [lab.host, lab.client(1), lab.client(2)]) {
        assert.equal(await wayOf(node, target), wan, `${node.name} by WAN ${wan}, IPv4`)
        assert.equal(await wayOf(node, target6), wan, `${node.name} by WAN ${wan}, IPv6`)
      }
    }
    await lab.host.run('nft', 'delete', 'table', 'inet', 'lab_test')
  })
}

test('closing the lab leaves the host as it was found', { skip }, async () => {
  const before = await wholeHost()
  for (const topology of topologies) {
    const lab = await Lab.create({ topology, ipv6: true })
    assert.notEqual(await wholeHost(), before, 'the lab did nothing to the host')
    await lab.close()
    await lab.close()
    assert.equal(await wholeHost(), before, `after ${topology}`)
  }
})

test('the host forwards only where forwarding was asked for', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', hostForwarding: false })
  await assert.rejects(lab.client(1).run('ping', '-c1', '-W0.3', '1.1.1.1'))
  await lab.host.run('ping', '-c1', '-W1', '1.1.1.1')
})

test('on one subnet an ICMP redirect leads the client around the host', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet' })
  const client = lab.client(1)
  assert.match(await client.run('ip', 'route', 'get', '1.1.1.1'), /via 192\.168\.0\.3 /)
  const redirected = async () => {
    // The client heeds a redirect once it knows the other gateway's MAC.
    await client.run('ping', '-c1', '-W1', '1.1.1.1')
    const route = await client.run('ip', 'route', 'get', '1.1.1.1')
    return /via 192\.168\.0\.1 .*redirected/s.test(route)
  }
  await waitFor(redirected, { deadlineMs: 3000, what: 'the client to go to the gateway by itself' })
})

test('every target answers DNS over UDP and says who asked over HTTP', { skip }, async () => {
  await using lab = await Lab.create({ topology: 'one-subnet', ipv6: true })
  for (const target of lab.plan.targets) {
    const resolver = new Resolver({ timeout: 1000, tries: 1 })
    resolver.setServers([target])
    assert.deepEqual(await resolver.resolve4('dns.google'), [dnsAnswer.a], target)
    assert.equal(await get(`http://${target}/`), '200 100.64.1.2\n')
    assert.equal(await get(`http://${target}/generate_204`), '204 ')
  }
  for (const target of lab.plan.targets6) {
    assert.equal(await get(`http://[${target}]/`), `200 ${lab.wan(1).hostAddress6}\n`)
  }
})

test('a forwarded port brings in what the Internet begins, and nothing else does', {
  skip,
}, async () => {
  await using lab = await Lab.create({ topology: 'two-interfaces' })
  const { publicAddress } = lab.wan(2)
  // Without a listener the host's refusal is the sign of having been reached.
  const knock = () =>
    lab.internet
      .run(process.execPath, '--eval', knocking, publicAddress)
      .then((said) => said.trim())
  assert.equal(await knock(), 'silence')
  await lab.forwardPort(2, 8123)
  await useWan(lab, 2)
  assert.equal(await knock(), 'ECONNREFUSED')
})

const knocking = `
  const socket = require('node:net').connect(8123, process.argv[1])
  socket.setTimeout(300, () => { console.log('silence'); process.exit() })
  socket.on('error', (error) => { console.log(error.code); process.exit() })
`

const masqueradeEverything = `table inet lab_test {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname { "wan1", "wan2", "wwan0" } masquerade
    oifname "eth0" ip daddr != 192.168.0.0/24 masquerade
  }
}`

/** The host's own default routes, the IPv6 one with a source in the WAN's prefix. */
async function useWan(lab: Lab, wan: WanNumber): Promise<void> {
  const { interface: link, gateway, gateway6, hostAddress6 } = lab.wan(wan)
  await lab.host.ip([
    `route replace default via ${gateway} dev ${link} metric 10`,
    ...(gateway6 === null
      ? []
      : [`route replace ::/0 via ${gateway6} dev ${link} src ${hostAddress6} metric 10`]),
  ])
  if (gateway6 === null || lab.plan.topology !== 'one-subnet') return
  // The clients have both prefixes, and a gateway's provider takes its own only.
  for (const client of [lab.client(1), lab.client(2)]) {
    const own = lab.plan.clients[client === lab.client(1) ? 0 : 1].addresses6[wan - 1]
    await client.ip([`route replace ::/0 via fe80::3 dev eth0 src ${own}`])
  }
}

async function wayOf(node: LabNode, target: string): Promise<WanNumber | undefined> {
  const stream = await node.startStream({ target, everyMs: 5 })
  await stream.stop()
  return stream.samples().find(({ answer }) => answer !== null)?.answer?.wan
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
  return `${response.status} ${await response.text()}`
}

async function wholeHost(): Promise<string> {
  const host = LabNode.host()
  const sysctls = ['ipv4/ip_forward', 'ipv4/conf/all/send_redirects', 'ipv6/conf/all/forwarding']
  return [
    await host.run('ip', '-o', 'link'),
    await host.run('ip', '-o', 'address'),
    await host.run('ip', 'rule'),
    await host.run('ip', '-6', 'rule'),
    await host.run('ip', 'route', 'show', 'table', 'all'),
    await host.run('ip', '-6', 'route', 'show', 'table', 'all'),
    await host.run('nft', 'list', 'ruleset'),
    ...sysctls.map((path) => readFileSync(`/proc/sys/net/${path}`, 'utf8')),
  ].join('\n')
}
