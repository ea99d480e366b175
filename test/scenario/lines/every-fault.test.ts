import '../../lab/enter-namespace.ts'
import type { Fault } from '../../lab/faults/fault.ts'
import type { Topology } from '../../lab/network/plan.ts'
import { testFault } from './test-fault.ts'

/** What a fault is called in the reason, and on which network it is tried. */
const faults: readonly (readonly [string, Topology, Omit<Fault, 'wan'>, RegExp])[] = [
  ['a dead gateway', 'one-subnet', { kind: 'gateway-dead' }, /the gateway 192\.168\.0\.1 does not/],
  ['a cut cable', 'two-interfaces', { kind: 'carrier-cut' }, /wan1 has no carrier/],
  ['a pulled interface', 'two-interfaces', { kind: 'link-deleted' }, /wan1 does not exist/],
  ['a one-way line', 'two-interfaces', { kind: 'upstream-oneway' }, /no reply from /],
]

for (const [name, topology, fault, reason] of faults) testFault({ name, topology, fault, reason })
