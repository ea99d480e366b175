/** The prefix that a tunnel's server leads to the house: routed to who has it, one to one for others. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDockerFirewall } from '../../lab/host/docker-firewall.ts'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { TunnelHouse } from '../../lab/house/tunnel-house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { ports, target6 } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)
/** Of the tunnel's prefix, and what the primary has delegated. */
const routed = '2001:db8:80:1::'
const delegated = '2001:db8:1:107::'
/** What stands for it in the tunnel: the subnet of its own number. */
const standsFor = '2001:db8:80:7::'

const docker = {
  bridge: 'docker0',
  subnet: '172.17.0.0/16',
  published: { address: '172.17.0.2', port: 80 },
}

test('IPv6 goes both ways by the tunnel and through a flip, routed and one to one', {
  skip,
}, async () => {
  const inward = [`${routed}100`, `${delegated}150`]
  await using house = await TunnelHouse.open({
    ipv6: true,
    options: {
      forwards: inward.map((to) => ({ tunnel: 'home_ip', port: ports.tcpEcho, to })),
    },
  })
  const { lab } = house
  // Docker drops what is forwarded, in both families.
  await startDockerFirewall(lab.host, docker)
  const { interface: link, hostLinkLocal } = lab.plan.lan
  await lab.host.ip([routed, delegated].map((net) => `address add ${net}1/64 dev ${link} nodad`))
  for (const [nth, address] of inward.entries()) {
    const client = lab.client(nth === 0 ? 1 : 2)
    await client.ip([
      `address add ${address}/64 dev eth0 nodad`,
      `route replace ${target6} via ${hostLinkLocal} dev eth0 src ${address}`,
      `route replace 2001:db8::/32 via ${hostLinkLocal} dev eth0 src ${address}`,
    ])
  }
  const known = [`${routed}100`, `${standsFor}150`]
  for (const [nth, address] of known.entries()) {
    const client = lab.client(nth === 0 ? 1 : 2)
    await waitFor(async () => (await seenAs(client)) === address, {
      deadlineMs: 30_000,
      what: `the Internet to see ${address}`,
    })
    await serve(client)
    const outside = await TcpClient.start(lab.internet, { target: address, kind: 'sending' })
    const inside = await TcpClient.start(client, { target: target6, kind: 'sending' })
    await house.mqtt.publish('mode/set', 'secondary')
    await house.waitForLine(2)
    const movedMs = monotonicMs()
    for (const flow of [outside, inside]) {
      await flow.waitForData({ afterMs: movedMs, deadlineMs: 15_000 })
      assert.deepEqual(flow.breaksAfter(0), [])
    }
    assert.equal(await reach(lab.internet, address, ports.tcpTicks), 'silence')
    await house.mqtt.publish('mode/set', 'automatic')
    await house.waitForLine(1)
  }
})

/** What the Internet's server says who has come. */
async function seenAs(client: LabNode): Promise<string> {
  const asking = `
    const socket = require('node:net').connect(${ports.tcpWho}, '${target6}')
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('error', () => undefined).on('data', (text) => console.log(String(text)))
  `
  return (await client.run(process.execPath, '--eval', asking)).trim()
}

/** Echoes at every address. */
async function serve(client: LabNode): Promise<void> {
  const program = `
    require('node:net').createServer((socket) => {
      socket.on('error', () => undefined).pipe(socket)
    }).listen(${ports.tcpEcho}, '::', () => console.log('ready'))
  `
  let said = ''
  const child = client.spawn(process.execPath, ['--eval', program])
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await waitFor(() => said.includes('ready'), { deadlineMs: 10_000, what: 'the device' })
}

async function reach(node: LabNode, address: string, port: number): Promise<string> {
  const asking = `
    const socket = require('node:net').connect(${port}, '${address}')
    socket.setTimeout(1500, () => { console.log('silence'); process.exit() })
    socket.on('connect', () => { console.log('connected'); process.exit() })
    socket.on('error', (error) => { console.log(error.code); process.exit() })
  `
  return (await node.run(process.execPath, '--eval', asking)).trim()
}
