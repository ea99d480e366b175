/** What every house asks of a cap without a daemon, and how its month is read. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import { InternetBytes } from '../../lab/measure/internet-bytes.ts'
import type { LabNode } from '../../lab/network/node.ts'
import type { Topology } from '../../lab/network/plan.ts'
import { target } from '../../lab/network/plan.ts'
import { waitFor } from '../../wait-for.ts'

const packetBytes = 1_428

/** The daemon reads its counters every 10 s while the WAN is in use, and publishes as often. */
const readingMs = 40_000

/** Pings there and back; how many came back. */
export async function pings(node: LabNode, count: number): Promise<number> {
  const words = ['-q', '-n', '-i', '0.005', '-s', '1400', '-W', '1', '-c', `${count}`, target]
  // It fails where nothing comes back at all, and says so all the same.
  const said = await node.script(`ping ${words.join(' ')} || true`)
  const found = /(\d+) received/.exec(said)
  assert.ok(found !== null, said)
  return Number(found[1])
}

/** What the daemon says that the metered WAN has carried, once it says so much. */
export async function monthBytes({ mqtt }: House, least: number): Promise<number> {
  const state = await mqtt.waitForState(
    ({ wans }) => (wans['secondary']?.month_bytes ?? 0) >= least,
    { deadlineMs: readingMs, what: `${least} bytes to be counted` },
  )
  return state.wans['secondary']?.month_bytes ?? 0
}

export function testCapOfKernelIn(topology: Topology): void {
  test(`with the daemon dead the kernel holds the cap, ${topology}`, async () => {
    await using house = await House.open({
      topology,
      wans: [{}, { metered: true, cap_mb: 1 }],
      options: {
        policies: [
          { name: 'work', from: ['192.168.0.100'], use: ['secondary'], over_cap: true },
          { name: 'kids', from: ['192.168.0.150'], use: ['secondary'] },
        ],
      },
    })
    const { lab } = house
    const bill = await InternetBytes.count(lab)
    await house.daemon.end('SIGKILL')
    const passed = await pings(lab.client(2), 900)
    // On one subnet the answers pass by us: the same cap lasts for twice as many questions.
    const most = 1_000_000 / packetBytes / (topology === 'one-subnet' ? 1 : 2)
    assert.ok(passed <= most && passed > most * 0.9, `${passed} of ${most}`)
    const held = await bill.of(2)
    assert.equal(await pings(lab.client(2), 20), 0)
    assert.equal(await bill.of(2), held)
    assert.equal(await pings(lab.client(1), 20), 20)

    house.startAgain()
    const least = topology === 'one-subnet' ? held / 2 : held
    await waitFor(async () => ((await monthBytes(house, least * 0.98)) > 0 ? true : null), {
      deadlineMs: readingMs,
      what: 'the month to be summed up again',
    })
    await house.mqtt.waitForState(({ policies }) => policies['kids']?.wan === null, {
      deadlineMs: readingMs,
      what: 'the cap to be held by the new daemon too',
    })
    assert.equal(await pings(lab.client(2), 20), 0)
    assert.equal(await pings(lab.client(1), 20), 20)
  })
}
