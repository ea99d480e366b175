import '../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openNearAsker } from '../../src/probe/near-asker.ts'
import { BridgeNetwork } from '../lab/host/bridge-network.ts'
import { LabNode } from '../lab/network/node.ts'

test('who is there but led astray is told from who answers and who has left', async () => {
  const host = LabNode.host()
  await host.ip(['link set lo up'])
  const shed = await BridgeNetwork.add('shed', '192.168.77.0/24')
  await shed.attach()
  const asker = openNearAsker()
  assert.ok(asker !== null)
  const seen = async (address: string, port: number | null = null) => {
    const question = { address, link: 'shed', port }
    return [await asker.answers(question), await asker.isThere(question)]
  }
  try {
    assert.deepEqual(await seen('192.168.77.2'), [true, true])
    // Who refuses a connection has been reached.
    assert.deepEqual(await seen('192.168.77.2', 80), [true, true])
    assert.deepEqual(await seen('192.168.77.9'), [false, false])
    await host.ip(['rule add priority 100 to 192.168.77.2 unreachable'])
    assert.deepEqual(await seen('192.168.77.2'), [false, true])
    assert.deepEqual(await seen('192.168.77.2', 80), [false, true])
  } finally {
    asker.close()
    await shed.remove()
  }
})
