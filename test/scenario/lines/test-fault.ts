import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../../lab/faults/fault.ts'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { Topology } from '../../lab/network/plan.ts'

export function testFault({ name, topology, fault, reason }: Tried): void {
  test(`${name} on ${topology} moves the clients, and once mended they return`, async () => {
    await using house = await House.open({ topology })
    const { lab } = house
    const stream = await lab.client(1).startStream({ newFlows: true })
    const { event, beforeMs } = await breakLine(house, { ...fault, wan: 1 } as Fault)
    await stream.waitForWan(2, { afterMs: beforeMs, deadlineMs: 5_000 })
    assert.match(event.reason, reason)
    const repair = await lab.repair(1)
    await stream.waitForWan(1, { afterMs: repair.afterMs, deadlineMs: 40_000 })
    await stream.stop()
  })
}

interface Tried {
  readonly name: string
  readonly topology: Topology
  readonly fault: Omit<Fault, 'wan'>
  /** What the fault is called in the reason. */
  readonly reason: RegExp
}
