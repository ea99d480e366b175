import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { House } from '../../../lab/house/house.ts'
import { bothUp, type MqttHouse } from '../../../lab/house/mqtt-house.ts'
import { monotonicMs } from '../../../lab/measure/monotonic.ts'
import { TcpClient } from '../../../lab/measure/tcp-client.ts'
import type { Topology } from '../../../lab/network/plan.ts'
import { ports, target, target6 } from '../../../lab/network/plan.ts'
import { assertInTime, failOver, RunningFlows, within } from './running-flows.ts'

/** A state that is newer than what an earlier daemon has left with the broker. */
async function upSince(mqtt: MqttHouse, wallMs: number): Promise<void> {
  await mqtt.waitForState((state) => Date.parse(state.at) > wallMs && bothUp(state), {
    deadlineMs: 20_000,
    what: 'both WANs are up anew',
  })
}

const globalGateways = [{ gateway6: '2001:db8:1::1' }, { gateway6: '2001:db8:2::1' }] as const

export function testOtherFlowsIn(topology: Topology): void {
  describe(`running TCP connections, ${topology}`, () => {
    test('over IPv6 are reset too', async () => {
      await using house = await House.open({
        topology,
        ipv6: true,
        options: { nat: 'auto' },
        // Behind a link-local gateway nobody can tell which addresses it answers to.
        ...(topology === 'one-subnet' ? { wans: globalGateways } : {}),
      })
      const { mqtt } = house
      const flows = await RunningFlows.start(house, target6)
      const away = await failOver(house)
      // It has a verdict of its own.
      await mqtt.waitForState(({ policies }) => policies['default']?.wan6 === 'secondary', {
        deadlineMs: 5_000,
        what: 'IPv6 to go by the secondary',
      })
      await flows.assertReset(away.faultMs, monotonicMs())
      await flows.stop()
    })

    test('that no poke has reached are found two or five seconds later', async () => {
      await using house = await House.open({ topology })
      const { lab } = house
      const client = await TcpClient.start(lab.client(2), { target, kind: 'receiving' })
      await lab.client(2).nft(`table inet deaf {
        chain hearing { type filter hook input priority 0; tcp sport ${ports.tcpTicks} drop; }
      }`)
      const away = await failOver(house)
      await house.daemon.waitForLine(/resetting \d+ TCP connections of primary/, within)
      await lab.client(2).nft('delete table inet deaf')
      const wait = { afterMs: away.faultMs, deadlineMs: 8_000 }
      const broken = await client.waitForBreak(wait)
      assert.equal(broken.detail, 'ECONNRESET')
      await client.waitForData({ afterMs: broken.atMs, deadlineMs: 5_000 })
      await client.stop()
    })

    test('from before a start are left alone by it, and known when their WAN dies', async () => {
      await using house = await House.open({ topology })
      const { lab, daemon, mqtt } = house
      await daemon.stop()
      // Without us devices on one subnet are led past this host, by its own redirects.
      const clients = [await TcpClient.start(lab.host, { target, kind: 'receiving' })]
      const startMs = monotonicMs()
      house.startAgain()
      await upSince(mqtt, Date.now())
      clients.push(await TcpClient.start(lab.client(2), { target, kind: 'receiving' }))
      await house.daemon.end('SIGKILL')
      house.startAgain()
      await house.daemon.waitForLine(/found the rules of an earlier run/, { deadlineMs: 10_000 })
      await upSince(mqtt, Date.now())
      const aliveMs = monotonicMs()
      for (const client of clients) {
        await client.waitForData({ afterMs: aliveMs, deadlineMs: 5_000 })
        assert.deepEqual(client.breaksAfter(startMs), [])
      }
      const away = await failOver(house)
      for (const client of clients) {
        const wait = { afterMs: away.faultMs, deadlineMs: 8_000 }
        const broken = await client.waitForBreak(wait)
        assert.equal(broken.detail, 'ECONNRESET')
        assertInTime(broken.atMs, away)
        await client.stop()
      }
    })
  })
}
