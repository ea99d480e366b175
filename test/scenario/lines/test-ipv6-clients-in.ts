import assert from 'node:assert/strict'
import { test } from 'node:test'
import { House, type HouseOptions } from '../../lab/house/house.ts'
import { target6 } from '../../lab/network/plan.ts'

export function testIpv6ClientsIn(network: Pick<HouseOptions, 'topology' | 'wans'>): void {
  test(`IPv6 clients on ${network.topology} go on by the second WAN with an address of it`, async () => {
    await using house = await House.open({
      ...network,
      ipv6: true,
      options: { probe: { targets: ['1.1.1.1', '8.8.8.8'], targets6: ['2606:4700:4700::1111'] } },
    })
    const { lab } = house
    const stream = await lab.client(1).startStream({ target: target6, newFlows: true })
    const fault = await lab.fault({ wan: 1, kind: 'upstream-silent' })
    const first = await stream.waitForWan(2, { afterMs: fault.beforeMs, deadlineMs: 20_000 })
    assert.match(first.answer.address, /^2001:db8:2:/)
    await stream.stop()
  })
}
