/** A real WireGuard tunnel of this machine's: it goes on by whichever line lives. */
import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { skipWithout, tunDevice } from '../../lab/host/requirements.ts'
import { WireguardTunnel } from '../../lab/host/wireguard-tunnel.ts'
import { breakLine, mendLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import { TcpClient } from '../../lab/measure/tcp-client.ts'
import type { Topology, WanNumber } from '../../lab/network/plan.ts'
import { MachineLag } from '../../machine-lag.ts'
import { waitFor } from '../../wait-for.ts'

interface Example {
  readonly name: string
  readonly topology: Topology
  readonly metered?: boolean
  /** As wg-quick marks its packets. */
  readonly mark?: number
  /** Who sends inside: where only the far end does, its packets come first after a change. */
  readonly kind: 'sending' | 'receiving'
}

const examples: readonly Example[] = [
  { name: 'two lines, marked', topology: 'two-interfaces', mark: 51_820, kind: 'sending' },
  { name: 'one subnet', topology: 'one-subnet', kind: 'sending' },
  { name: 'a metered line', topology: 'two-interfaces', metered: true, kind: 'sending' },
  {
    name: 'a metered line, receiving, marked',
    topology: 'two-interfaces',
    metered: true,
    mark: 51_820,
    kind: 'receiving',
  },
]
/** Something passes inside all the time. */
const followsWithinMs = 2_500
const lag = new MachineLag()

describe('WireGuard goes on by the other line', {
  skip: skipWithout('wg', 'wireguard-go', tunDevice),
}, () => {
  for (const { name, topology, metered = false, kind, ...marked } of examples) {
    test(name, async (t) => {
      await using house = await House.open({ topology, wans: [{}, { metered }] })
      const { lab } = house
      await using tunnel = await WireguardTunnel.open(lab, { keepalive: 1, ...marked })
      const inside = await TcpClient.start(lab.host, { target: tunnel.far, kind })
      const uses = (wan: WanNumber) =>
        waitFor(async () => (await tunnel.seenFrom()) === lab.wan(wan).publicAddress, {
          deadlineMs: 5_000,
          what: `the tunnel by WAN ${wan}`,
        })
      await uses(1)
      for (const round of [1, 2]) {
        const away = await breakLine(house, { wan: 1, kind: 'upstream-silent' })
        const wait = { afterMs: away.event.seenMs, deadlineMs: 15_000 }
        const { atMs } = await inside.waitForData(wait)
        const laterMs = Math.round(atMs - away.event.seenMs)
        t.diagnostic(`round ${round}: data ${laterMs} ms after the failover`)
        // The far end's TCP waits ever longer before it sends again what was lost.
        const mostMs = followsWithinMs + lag.allowanceMs(away.beforeMs, atMs)
        if (kind === 'sending') assert.ok(laterMs < mostMs, `${laterMs} ms`)
        await uses(2)
        await mendLine(house, 1)
        if (metered) await uses(1)
      }
      assert.deepEqual(inside.breaksAfter(0), [])
      await inside.stop()
    })
  }
})
