import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { House } from '../../lab/house/house.ts'
import {
  askedFromOutside,
  servicePort as port,
  serve,
} from '../../lab/measure/service-from-outside.ts'
import type { Topology } from '../../lab/network/plan.ts'

export function testInboundIn(topology: Topology): void {
  describe(`what begins outside, ${topology}`, () => {
    test('is answered by the WAN where it came in, whichever is in use', async () => {
      await using house = await House.open({ topology })
      await using _service = await serve()
      const { lab, mqtt } = house
      for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
      const both = async () => [await askedFromOutside(lab, 1), await askedFromOutside(lab, 2)]
      assert.deepEqual(await both(), ['hello', 'hello'])
      await mqtt.publish('mode/set', 'secondary')
      await mqtt.waitForState(({ active }) => active === 'secondary', {
        deadlineMs: 5_000,
        what: 'the secondary to be used',
      })
      assert.deepEqual(await both(), ['hello', 'hello'])
    })

    test('is let in by `inbound: established` only where the inside has asked for it', async () => {
      await using house = await House.open({ topology, wans: [{}, { inbound: 'established' }] })
      await using _service = await serve()
      const { lab, mqtt } = house
      for (const wan of [1, 2] as const) await lab.forwardPort(wan, port)
      assert.deepEqual(
        [await askedFromOutside(lab, 1), await askedFromOutside(lab, 2)],
        ['hello', 'silence'],
      )
      assert.equal(mqtt.state()?.wans['secondary']?.state, 'up')
      const stream = await lab.client(1).startStream()
      await lab.fault({ wan: 1, kind: 'upstream-silent' })
      const moved = await stream.waitForWan(2, { afterMs: 0, deadlineMs: 20_000 })
      await stream.waitForWan(2, { afterMs: moved.sentMs + 300, deadlineMs: 5_000 })
      await stream.stop()
      // Who says no answers the inside's own packet.
      await lab.internet.nft(`table ip refusing { chain c {
        type filter hook input priority 0;
        ip daddr 198.51.100.1 reject with icmp type host-unreachable;
      }; }`)
      const said = await lab.host.run('sh', '-c', 'ping -c 1 -W 1 198.51.100.1; true')
      assert.match(said, /Destination Host Unreachable/)
    })
  })
}
