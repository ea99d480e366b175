/** The server whole, with real WireGuard, real NATs and the least of a house. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dumpHost } from '../../lab/host/dump.ts'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { kernelSettingsOf } from './kernel-settings-of.ts'
import { ServerLab, serverAddress, strangerAddress } from './server-lab.ts'
import { TestHouse } from './test-house.ts'
import { TestServer } from './test-server.ts'

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

test('a house behind a NAT keeps an address that is routed to the server', { skip }, async () => {
  await using lab = await ServerLab.open()
  const before = [await dumpHost(lab.server), await kernelSettingsOf(lab.server)]
  const server = await TestServer.setUp(lab.server, serverAddress)
  const invitation = await server.invite('add', 'home', '--address', '203.0.113.80')
  await server.start()
  const house = await TestHouse.move(lab.house('home'), invitation)
  await house.waitForHandshake()

  // Out by its own address, and in from a stranger who has never heard of it.
  assert.equal((await house.ping(strangerAddress, 20)).lost, 0)
  assert.equal(await answers(lab, '203.0.113.80'), true)
  assert.match(await server.command('status'), /home: 203\.0\.113\.80\/32\n {2}keys made \d+ s ago/)
  assert.equal(await answers(lab, '203.0.113.81'), false)

  assert.equal(await server.end('SIGTERM'), 0)
  assert.deepEqual([await dumpHost(lab.server), await kernelSettingsOf(lab.server)], before)
})

test('the tunnel goes on while the service is dead, and the next one adopts it', {
  skip,
}, async () => {
  await using lab = await ServerLab.open()
  const server = await TestServer.setUp(lab.server, serverAddress)
  const before = [await dumpHost(lab.server), await kernelSettingsOf(lab.server)]
  const invitation = await server.invite('add', 'home', '--address', '203.0.113.80')
  await server.start()
  const house = await TestHouse.move(lab.house('home'), invitation)
  await house.waitForHandshake()

  await server.end('SIGKILL')
  assert.equal((await house.ping(strangerAddress, 20)).lost, 0)
  const [pings] = await Promise.all([house.ping(strangerAddress, 400), server.start()])
  assert.equal(pings.lost, 0)

  // A house more is no matter to those that are there; one that is out is out at once.
  const [others] = await Promise.all([
    house.ping(strangerAddress, 400),
    server.invite('add', 'shop', '--address', '203.0.113.81'),
  ])
  assert.equal(others.lost, 0)
  await server.remove('home')
  assert.equal((await house.ping(strangerAddress, 5)).lost, 5)
  assert.doesNotMatch(await lab.server.run('ip', 'route'), /203\.0\.113\.80/)

  await server.end('SIGTERM')
  assert.deepEqual([await dumpHost(lab.server), await kernelSettingsOf(lab.server)], before)
})

test('with another key the house comes by its new invitation alone', { skip }, async () => {
  await using lab = await ServerLab.open()
  const server = await TestServer.setUp(lab.server, serverAddress)
  const first = await server.invite('add', 'home', '--address', '203.0.113.80')
  await server.start()
  const house = await TestHouse.move(lab.house('home'), first)
  await house.waitForHandshake()
  const second = await server.invite('rekey', 'home')
  assert.notEqual(second, first)
  assert.equal((await house.ping(strangerAddress, 5)).lost, 5)
  const again = await house.rekey(second)
  await again.waitForHandshake()
  assert.equal((await again.ping(strangerAddress, 20)).lost, 0)
})

test('another firewall that drops what is forwarded is named', { skip }, async () => {
  await using lab = await ServerLab.open()
  const server = await TestServer.setUp(lab.server, serverAddress)
  await server.invite('add', 'home', '--address', '203.0.113.80')
  await server.start()
  assert.doesNotMatch(await server.command('status'), /firewall/)
  const chain = 'chain forward { type filter hook forward priority 0; policy drop; }'
  await lab.server.nft(`table inet others { ${chain}\n}`)
  assert.match(await server.command('status'), /The firewall inet others, chain forward, drops/)
  await server.end('SIGTERM')
  assert.match(await lab.server.run('nft', 'list', 'ruleset'), /policy drop/)
})

async function answers(lab: ServerLab, address: string): Promise<boolean> {
  const words = ['-c', '3', '-i', '0.01', '-W', '1', address]
  const text = await lab.stranger.run('ping', ...words).catch((error: unknown) => String(error))
  return / 0% packet loss/.test(text)
}
