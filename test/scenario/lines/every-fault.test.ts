import '../../lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../../lab/faults/fault.ts'
import { breakLine } from '../../lab/house/break-line.ts'
import { House } from '../../lab/house/house.ts'
import type { Topology } from '../../lab/network/plan.ts'

/** What a fault is called in the reason, and on which network it is tried. */
const faults: readonly (readonly [string, Topology, Omit<Fault, 'wan'>, RegExp])[] = [
  ['a dead gateway', 'one-subnet', { kind: 'gateway-dead' }, /the gateway 192\.168\.0\.1 does not/],
  [
    'a dead gateway',
    'two-interfaces',
    { kind: 'gateway-dead' },
    /the gateway 10\.1\.0\.1 does not/,
  ],
  ['a cut cable', 'two-interfaces', { kind: 'carrier-cut' }, /wan1 has no carrier/],
  ['a pulled interface', 'two-interfaces', { kind: 'link-deleted' }, /wan1 does not exist/],
  ['a one-way line', 'two-interfaces', { kind: 'upstream-oneway' }, /no reply from /],
  [
    'a gateway that says no',
    'one-subnet',
    { kind: 'upstream-unreachable' },
    /unreachable|no reply from /,
  ],
]

for (const [name, topology, fault, reason] of faults) {
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
