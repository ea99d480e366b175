import { test } from 'node:test'
import { NamesHouse, routersAnswer } from '../../lab/house/names-house.ts'
import type { Topology } from '../../lab/network/plan.ts'

export function testNamesIn(topology: Topology): void {
  test(`names of the host and of a client outlive the line of the only resolver, ${topology}`, async () => {
    await using names = await NamesHouse.open({ topology })
    const { resolver } = names
    const { mqtt } = names.house
    const fault = await names.break()
    await names.answeredAfter(fault.event.seenMs)
    await mqtt.waitForState(({ resolvers }) => resolvers[resolver]?.rescued === true, {
      deadlineMs: 10_000,
      what: 'a rescue in the state',
    })
    const repair = await names.mend()
    await names.answeredAfter(repair.event.seenMs, routersAnswer)
  })
}
