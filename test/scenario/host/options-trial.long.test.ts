/**
 * Options that are right, and cost this host what it needs: another program keeps a network in a
 * table of its own, and what they set up comes before that.
 * Here is what takes longest.
 */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { callItSupervisor } from '../../fakes/stand-in-supervisor.ts'
import { BridgeNetwork } from '../../lab/host/bridge-network.ts'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { monotonicMs } from '../../lab/measure/monotonic.ts'
import { LabNode } from '../../lab/network/node.ts'
import { waitFor } from '../../wait-for.ts'
import {
  comesBack,
  inOwnTable,
  optionsIn,
  ping,
  waitForLoss,
  waitForTakenBack,
} from './taken-back.ts'

/** What users are promised. */
const longestMs = 30_000

const host = LabNode.host()

/** As if the first options had been in force for half a minute. */
async function afterTrial(house: House): Promise<void> {
  await house.daemon.stop()
  const file = join(house.folder.path, 'right-options.json')
  const { text, since } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ text, since }))
  house.startAgain()
  await house.waitUntilUp()
}

test('a table that costs the host its Supervisor is taken back, and the failover goes on', async () => {
  const hassio = await BridgeNetwork.add('hassio', '172.30.32.0/24')
  try {
    const container = await hassio.attach()
    const server = container.spawn(process.execPath, ['-e', answering])
    assert.ok(server.stdout !== null)
    await once(server.stdout, 'data')
    callItSupervisor('172.30.32.2')
    // Somebody's rule of long ago, for a table that has been empty since, and so in nobody's way.
    await host.ip(['rule add priority 500 lookup 120'])
    await inOwnTable(hassio, 'priority 600')
    const circumstances = { environment: { SUPERVISOR_TOKEN: 'token' } }
    await using house = await House.open({ topology: 'one-subnet', circumstances })
    await afterTrial(house)
    const stream = await house.lab.client(1).startStream()

    house.folder.write(optionsIn(house, [{}, { table: 120 }]))
    const { awayMs } = await comesBack('172.30.32.2')
    assert.ok(awayMs < longestMs, `its Supervisor was away for ${awayMs} ms`)
    const { options, wans } = await waitForTakenBack(house)
    assert.match(options?.taken_back?.reason ?? '', /no longer reached the Supervisor$/)
    assert.equal(options?.in_force, 'earlier')
    assert.deepEqual(Object.keys(wans), ['primary', 'secondary'])
    await house.daemon.waitForLine(/without the new options it is reached again/, {
      deadlineMs: 20_000,
    })
    await house.waitUntilUp()
    const { beforeMs } = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
    await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 20_000 })
  } finally {
    await hassio.remove()
    await host.ip(['rule delete priority 500 lookup 120'])
  }
})

const answering = `require('node:http').createServer((_, answer) => answer.end('{}'))
  .listen(80, () => process.stdout.write('ready'))`

test('what dies by itself meanwhile is not the fault of options, which are in force again', async () => {
  await using house = await House.open({ topology: 'two-interfaces' })
  const shed = await BridgeNetwork.add('shed', '192.168.77.0/24')
  try {
    const device = await shed.attach()
    await afterTrial(house)
    assert.ok(await ping('192.168.77.2'))
    house.folder.write({ ...optionsIn(house), failback: { delay: 3 } })
    // By then it has asked who is near.
    await house.daemon.waitForLine(/found the rules of an earlier run/, { deadlineMs: 10_000 })
    await house.lab.fault({ wan: 2, kind: 'gateway-dead' })
    // It still answers ARP.
    await device.nft(`table inet own {
      chain arriving { type filter hook input priority 0; icmp type echo-request drop; }
    }`)
    const reason = 'this host no longer reached its neighbours on shed'
    await house.daemon.waitForLine(
      new RegExp(`until they change: with the new options ${reason}$`),
      {
        deadlineMs: longestMs,
      },
    )
    await house.daemon.waitForLine(/without the new options its neighbours on shed can't be/, {
      deadlineMs: longestMs,
    })
    await house.mqtt.waitForState(({ options }) => options === undefined, {
      deadlineMs: 10_000,
      what: 'the new options to be in force again',
    })
    assert.ok(house.daemon.running)
  } finally {
    await shed.remove()
  }
})

test('a daemon that is killed within the half minute still takes back what costs the LAN', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const barn = await BridgeNetwork.add('barn', '192.168.78.0/24')
  try {
    await barn.attach()
    await host.ip(['rule add priority 500 lookup 120'])
    await inOwnTable(barn, 'priority 600')
    await afterTrial(house)
    assert.ok(await ping('192.168.78.2'))

    house.folder.write(optionsIn(house, [{}, { table: 120 }]))
    const file = join(house.folder.path, 'options-trial.json')
    await waitFor(() => readFileSync(file, 'utf8').includes('its neighbours on barn'), {
      deadlineMs: 20_000,
      what: 'the trial to be kept',
    })
    const lostMs = await waitForLoss('192.168.78.2')
    await house.daemon.end('SIGKILL')
    house.startAgain()
    await waitFor(() => ping('192.168.78.2'), { deadlineMs: 60_000, what: 'its LAN to be back' })
    assert.ok(monotonicMs() - lostMs < longestMs, `away for ${monotonicMs() - lostMs} ms`)
    const { options } = await waitForTakenBack(house)
    assert.match(options?.taken_back?.reason ?? '', /no longer reached its neighbours on barn$/)
  } finally {
    await barn.remove()
    await host.ip(['rule delete priority 500 lookup 120'])
  }
})
