/**
 * Options that are right, and cost this host what it needs: another program keeps a network in a
 * table of its own, and what they set up comes before that.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import { dumpHost } from '../../lab/host/dump.ts'
import { House, optionsOf } from '../../lab/house/house.ts'
import { LabNode } from '../../lab/network/node.ts'
import { planLab } from '../../lab/network/plan.ts'
import { comesBack, inOwnTable, optionsIn, ping, waitForTakenBack } from './taken-back.ts'

/** What users are promised. */
const longestMs = 30_000

const host = LabNode.host()

test('a second line that costs the host its LAN is taken back within 30 s, until it changes', async () => {
  const wans = optionsOf(planLab('one-subnet', false)).wans.slice(0, 1)
  const options = { wans }
  await using house = await House.open({ topology: 'one-subnet', options, waitUntilUp: false })
  await house.daemon.waitForLine(/observing only/, { deadlineMs: 20_000 })
  const shed = await BridgeNetwork.add('shed', '192.168.77.0/24')
  try {
    await shed.attach()
    await inOwnTable(shed)
    assert.ok(await ping('192.168.77.2'))
    const before = await dumpHost(host)

    house.folder.write(optionsIn(house))
    const { awayMs } = await comesBack('192.168.77.2')
    assert.ok(awayMs < longestMs, `its LAN was away for ${awayMs} ms`)
    const { options, problems } = await waitForTakenBack(house)
    const reason = 'with the new options this host no longer reached its neighbours on shed'
    assert.equal(options?.taken_back?.reason, reason)
    assert.equal(options?.in_force, 'earlier')
    assert.ok(problems.some((problem) => problem.endsWith(`until they change: ${reason}`)))
    await house.daemon.waitForLine(/without the new options it is reached again/, {
      deadlineMs: 20_000,
    })
    assert.equal(await dumpHost(host), before)

    await host.ip(['rule add priority 100 to 192.168.77.0/24 lookup 300'])
    house.folder.write({ ...optionsIn(house), failback: { delay: 3 } })
    await house.waitUntilUp()
    await house.mqtt.waitForState(({ options }) => options === undefined, {
      deadlineMs: 10_000,
      what: 'options that are in force',
    })
    assert.ok(await ping('192.168.77.2'))
  } finally {
    await shed.remove()
  }
})
