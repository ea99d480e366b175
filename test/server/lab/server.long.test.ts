/**
 * The server whole, with real WireGuard, real NATs and the least of a house.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import { test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { waitFor } from '../../wait-for.ts'
import { ServerLab, serverAddress } from './server-lab.ts'
import { TestServer } from './test-server.ts'

const skip = skipWithout('wg', 'wireguard-go', 'nft', tunDevice)

test('what others flush comes back', { skip }, async () => {
  await using lab = await ServerLab.open()
  const server = await TestServer.setUp(lab.server, serverAddress)
  await server.invite('add', 'home', '--address', '203.0.113.80')
  await server.start()
  const tables = await lab.server.run('nft', '-s', 'list', 'ruleset')
  await lab.server.run('nft', 'flush', 'ruleset')
  await waitFor(async () => (await lab.server.run('nft', '-s', 'list', 'ruleset')) === tables, {
    deadlineMs: 30_000,
    everyMs: 200,
    what: 'the tables to stand again',
  })
})
