import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../../wait-for.ts'
import { LabNode } from '../network/node.ts'
import { BridgeNetwork } from './bridge-network.ts'
import { skipWithout } from './requirements.ts'

const skip = skipWithout('ip', 'ping', 'nsenter')

test('a bridge network is linkdown until a container joins, and goes without a trace', {
  skip,
}, async () => {
  const host = LabNode.host()
  const route = () => host.run('ip', 'route', 'show', '172.18.0.0/16')
  const network = await BridgeNetwork.add('br-1234567890', '172.18.0.0/16')
  assert.match(await route(), /dev br-1234567890 .* src 172\.18\.0\.1 linkdown/)
  const container = await network.attach()
  await waitFor(async () => !(await route()).includes('linkdown'), {
    deadlineMs: 3000,
    what: 'the route to have a carrier',
  })
  await container.run('ping', '-c1', '-W1', '172.18.0.1')
  await network.detachAll()
  await waitFor(async () => (await route()).includes('linkdown'), {
    deadlineMs: 3000,
    what: 'the route to lose its carrier',
  })
  await network.remove()
  assert.equal(await route(), '')
  assert.equal((await host.run('ip', '-o', 'link')).split('\n').length, 2)
})
