import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { target6 } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const port = 9000
const serving = `
  require('node:net')
    .createServer((socket) =>
      socket.on('error', () => undefined).end(socket.remoteAddress + ' ' + socket.remotePort))
    .listen(${port}, () => console.log('ready'))
`

/** Asks a server, and prints the address and port that it has seen. */
const asking = (socket: { host: string; localAddress?: string; localPort?: number }) => `
  const socket = require('node:net').connect(${JSON.stringify({ port, ...socket })})
  socket.setTimeout(3000, () => { console.log('silence'); process.exit() })
  socket.on('data', (bytes) => { console.log(String(bytes)); process.exit() })
  socket.on('error', (error) => { console.log(error.code); process.exit() })
`

type Asking = Parameters<typeof asking>[0]

async function seenOf(node: LabNode, how: Asking): Promise<string> {
  const [address = ''] = (await node.run(process.execPath, '--eval', asking(how))).split(' ')
  return address.trim()
}

function serve(node: LabNode): ChildProcess {
  return node.spawn(process.execPath, ['--eval', serving], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('a client keeps its address on the WAN that delegated its prefix, and on no other', async () => {
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true })
  const { lab, mqtt } = house
  const own = '2001:db8:1:100::150'
  const network = '2001:db8:1:100::/56'
  await lab.internet.ip([`route add ${network} via 2001:db8:101::2`])
  await lab.gateway(1).ip([`route add ${network} via ${lab.wan(1).hostAddress6} dev lan`])
  await lab.host.ip([`address add 2001:db8:1:100::1/64 dev ${lab.plan.lan.interface} nodad`])
  await lab
    .client(1)
    .ip([
      `address add ${own}/64 dev eth0 nodad`,
      `route add ${target6}/128 via fe80::3 dev eth0 src ${own}`,
    ])
  const server = serve(lab.internet)
  await once(server.stdout as NodeJS.ReadableStream, 'data')
  const seen = () => seenOf(lab.client(1), { host: target6 })
  try {
    await waitFor(async () => (await seen()) === own, { what: 'its own address to be seen' })
    await mqtt.publish('mode/set', 'secondary')
    await mqtt.waitForState(({ active }) => active === 'secondary', {
      deadlineMs: 5_000,
      what: 'the secondary to be used',
    })
    assert.equal(await seen(), lab.wan(2).hostAddress6)
  } finally {
    server.kill()
  }
})

test('another line gives a client its own prefix one to one, and it is found there from outside', async () => {
  await using house = await House.open({ topology: 'two-interfaces', ipv6: true })
  const { lab, mqtt } = house
  const own = '2001:db8:1:100::150'
  const outside = '2001:db8:2:200::150'
  const delegations = [
    { wan: 1, upstream: '2001:db8:101::2', network: '2001:db8:1:100::/56' },
    { wan: 2, upstream: '2001:db8:102::2', network: '2001:db8:2:200::/56' },
  ] as const
  for (const { wan, upstream, network } of delegations) {
    await lab.internet.ip([`route add ${network} via ${upstream}`])
    const gateway = lab.gateway(wan)
    await gateway.ip([`route add ${network} via ${lab.wan(wan).hostAddress6} dev lan`])
    await gateway.run('nft', `insert rule inet gateway forward ip6 daddr ${network} accept`)
    await lab.host.ip([`route add unreachable ${network}`])
  }
  await lab.host.ip([`address add 2001:db8:1:100::1/64 dev ${lab.plan.lan.interface} nodad`])
  const client = lab.client(1)
  await client.ip([
    `address add ${own}/64 dev eth0 nodad`,
    `route add ${target6}/128 via fe80::3 dev eth0 src ${own}`,
  ])
  const servers = [lab.internet, client].map(serve)
  await Promise.all(servers.map((one) => once(one.stdout as NodeJS.ReadableStream, 'data')))
  const seen = () => seenOf(client, { host: target6 })
  const found = (host: string) => seenOf(lab.internet, { host, localAddress: target6 })
  try {
    // From outside it is found by both prefixes at once, and each answer goes back by its line.
    await waitFor(async () => (await found(outside)) === target6, {
      what: 'an answer from outside',
    })
    assert.equal(await found(own), target6)
    assert.equal(await seen(), own)
    await mqtt.publish('mode/set', 'secondary')
    await mqtt.waitForState(({ policies }) => policies['default']?.wan6 === 'secondary', {
      deadlineMs: 5_000,
      what: 'the secondary to be used',
    })
    assert.equal(await seen(), outside)
    assert.equal(await found(outside), target6)
    // Nothing but the prefix is another one.
    const socket = asking({ host: target6, localPort: 5555 })
    assert.equal((await client.run(process.execPath, '--eval', socket)).trim(), `${outside} 5555`)
  } finally {
    for (const server of servers) server.kill()
  }
})
