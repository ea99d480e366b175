/** What goes into a turn from the kernel's side, and what comes out for it. */
import type { ByFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Capabilities, HostState } from '../model/host.ts'
import type { Wishes } from './concern.ts'

/** What the start has found out about the host, once for all. */
export interface Findings {
  readonly host: HostState
  readonly capabilities: Capabilities
}

export interface Intent {
  /** The kernel has to be brought to it now. */
  readonly isDue: boolean
  readonly decision: Decision
  readonly wishes: Wishes
}

/** What became of an intent in the kernel. */
export interface Standing {
  /** Traffic goes where it was decided. */
  readonly stands: ByFamily<boolean>
  /** By WAN name, who takes its probes away from it; null where we could not ask. */
  readonly hijacks: ByFamily<ReadonlyMap<string, string>> | null
}
