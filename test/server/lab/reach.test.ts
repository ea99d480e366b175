/** How what is for a house comes to the server, and what must not come through it. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import type { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'
import { kernelSettingsOf } from './kernel-settings-of.ts'
import { ServerLab, serverAddress, strangerAddress } from './server-lab.ts'
import { TestHouse } from './test-house.ts'
import { TestServer } from './test-server.ts'

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

test('ports of the server’s only address lead to the houses, and the others don’t', {
  skip,
}, async () => {
  await using lab = await ServerLab.open({ houses: ['home', 'shop'] })
  const server = await TestServer.setUp(lab.server, serverAddress)
  const invitations = {
    home: await server.invite('add', 'home', '--port', 'tcp/443', '--port', 'udp/5000-5010'),
    shop: await server.invite('add', 'shop', '--port', 'tcp/8443'),
  }
  await server.start()
  const home = await TestHouse.move(lab.house('home'), invitations.home)
  const shop = await TestHouse.move(lab.house('shop'), invitations.shop)
  await Promise.all([home.waitForHandshake(), shop.waitForHandshake()])
  assert.deepEqual([home.address, shop.address], ['10.99.0.2', '10.99.0.3'])

  await Promise.all([
    greet(home.node, { name: 'home', port: 443 }),
    greet(shop.node, { name: 'shop', port: 8443 }),
    greet(home.node, { name: 'hidden', port: 8080 }),
    greet(lab.server, { name: 'server', port: 22 }),
  ])
  const from = (node: LabNode, port: number, host = serverAddress, source?: string) =>
    greeting(node, { host, port, ...(source === undefined ? {} : { source }) })
  // The house sees who it is that asks: nothing hides the stranger's address.
  assert.equal(await from(lab.stranger, 443), `home ${strangerAddress}`)
  assert.equal(await from(lab.stranger, 8443), `shop ${strangerAddress}`)
  assert.equal(await from(lab.stranger, 22), `server ${strangerAddress}`)
  assert.equal(await from(lab.stranger, 8080), null)
  // A neighbour of the server's that routes straight to the inner addresses gets nowhere.
  await lab.internet.run('ip', 'route', 'add', '10.99.0.0/24', 'via', serverAddress)
  assert.equal(await from(lab.internet, 8080, home.address), null)
  assert.equal(await from(lab.internet, 22, home.invitation.inside), null)
  // From house to house by the public address, and no other way; nor to the server's inside.
  assert.equal(await from(shop.node, 443, serverAddress, shop.address), 'home 10.99.0.1')
  assert.equal(await from(shop.node, 8080, home.address, shop.address), null)
  assert.equal(await from(shop.node, 22, home.invitation.inside, shop.address), null)
  // What the house itself asks leaves as the server's.
  await greet(lab.stranger, { name: 'stranger', port: 80 })
  assert.equal(
    await from(home.node, 80, strangerAddress, home.address),
    `stranger ${serverAddress}`,
  )
})

test('an address that the provider looks for on the link is answered for', { skip }, async () => {
  await using lab = await ServerLab.open()
  const before = [await dumpHost(lab.server), await kernelSettingsOf(lab.server)]
  const server = await TestServer.setUp(lab.server, serverAddress)
  const words = ['--address', '203.0.113.50', '--address', '2001:db8:1::50', '--proxy']
  const invitation = await server.invite('add', 'home', ...words)
  await server.start()
  const house = await TestHouse.move(lab.house('home'), invitation)
  await house.waitForHandshake()
  await lab.internet.run('ping', '-c', '1', '-W', '5', '203.0.113.50')
  await lab.internet.run('ping', '-c', '1', '-W', '5', '2001:db8:1::50')
  assert.equal((await house.ping(strangerAddress, 20)).lost, 0)
  await server.remove('home')
  assert.equal(await lab.server.run('ip', 'neighbour', 'show', 'proxy'), '')
  await server.end('SIGTERM')
  assert.deepEqual([await dumpHost(lab.server), await kernelSettingsOf(lab.server)], before)
})

test('a prefix of the server’s is the house’s: TCP goes both ways, and nothing is translated', {
  skip,
}, async () => {
  await using lab = await ServerLab.open()
  const before = [await dumpHost(lab.server), await kernelSettingsOf(lab.server)]
  const server = await TestServer.setUp(lab.server, serverAddress)
  const words = ['--address', '203.0.113.80', '--address', '2001:db8:80::/56']
  const invitation = await server.invite('add', 'home', ...words)
  await server.start()
  const house = await TestHouse.move(lab.house('home'), invitation)
  await house.waitForHandshake()
  const [inside, outside] = ['2001:db8:80:7::1', '2001:db8:1::1']
  await house.node.run('ip', 'address', 'add', `${inside}/128`, 'dev', 'lo')
  await lab.internet.run('ping', '-c', '3', '-i', '0.01', '-W', '5', inside)
  await greet(house.node, { name: 'home', port: 443, at: '::' })
  await greet(lab.internet, { name: 'outside', port: 443, at: '::' })
  assert.equal(await greeting(lab.internet, { host: inside, port: 443 }), `home ${outside}`)
  const asked = { host: outside, port: 443, source: inside }
  assert.equal(await greeting(house.node, asked), `outside ${inside}`)
  await server.end('SIGTERM')
  assert.deepEqual([await dumpHost(lab.server), await kernelSettingsOf(lab.server)], before)
})

interface Greeter {
  readonly name: string
  readonly port: number
  /** Where it listens; default: at every IPv4 address. */
  readonly at?: string
}

/** A service that tells whoever asks its own name and theirs. */
async function greet(node: LabNode, { name, port, at = '0.0.0.0' }: Greeter): Promise<void> {
  const program = `require('node:net').createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('${name} ' + socket.remoteAddress)
  }).listen(${port}, '${at}', () => console.log('ready'))`
  const child = node.spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let ready = false
  child.stdout?.once('data', () => {
    ready = true
  })
  await waitFor(() => ready, { what: `the greeter ${name}` })
}

interface Asked {
  readonly host: string
  readonly port: number
  readonly source?: string
}

/** null: nobody there. */
async function greeting(node: LabNode, asked: Asked): Promise<string | null> {
  const { host, port, source } = asked
  const program = `const socket = require('node:net').connect({
      host: '${host}', port: ${port}, localAddress: ${JSON.stringify(source ?? null)} ?? undefined,
    })
    socket.setTimeout(1500, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.pipe(process.stdout)`
  const text = await node.run(process.execPath, '-e', program)
  return text === '' ? null : text
}
