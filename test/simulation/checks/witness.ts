import type { HostState } from '../../../src/model/host.ts'
import type { ProbeRequest } from '../../../src/model/probe.ts'
import type { ChangeEvent, Snapshot } from '../../../src/model/published/snapshot.ts'
import type { Change } from '../../../src/network/diff/change.ts'
import type { Line } from '../world/line.ts'

/** One change by the daemon, and the kernel right before and right after it. */
export interface Step {
  readonly before: HostState
  readonly change: Change
  readonly after: HostState
}

/** Sees all that a simulated daemon does to the outside. */
export interface Witness {
  changed(step: Step): Promise<void>
  /** `line`: the one that the probe leaves by; null where it leaves by none. */
  probed(request: ProbeRequest, line: Line | null): void
  published(snapshot: Snapshot): void
  announced(event: ChangeEvent): void
  /** The process ended by itself. */
  died(error: unknown): void
  /** What the simulation itself could not do. */
  broken(error: unknown): void
}
