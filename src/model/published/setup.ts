/**
 * What doesn't change while the daemon runs, as the web page gets it: `api/setup`. The names are
 * public; a key may be added, never renamed.
 */
import type { PublishedCapabilities } from './snapshot.ts'

export interface Setup {
  readonly version: string
  /** Why nothing is set up; empty where all is. */
  readonly observing: readonly string[]
  readonly found: {
    readonly interfaces: readonly FoundInterface[]
    /** YAML of `wans:` to enter. */
    readonly suggestion: string
  }
  readonly wans: readonly SetupWan[]
  /** In the order they are asked, the default policy last. */
  readonly policies: readonly SetupPolicy[]
  readonly test_minutes: number
  readonly sidestep: 'auto' | 'always' | 'off'
  readonly dns_rescue: 'auto' | 'off'
  readonly grade: readonly CapabilityGrade[]
  /** What on this host keeps packets from getting through, with the remedy. */
  readonly advice: readonly string[]
  /** Everyone on this host may read, but commands need the key that `wan-failover page` prints. */
  readonly commands_need_key?: true
}

export interface FoundInterface {
  readonly name: string
  /** `ethernet`, `wireless`, `vlan`, … of the Supervisor, else the kernel's, as `ether`. */
  readonly type: string
  /** CIDR. */
  readonly addresses: readonly string[]
  readonly gateways: readonly string[]
  /** `main` sends everything into it, and it has no gateway; left out where it isn't so. */
  readonly point_to_point?: boolean
}

export interface SetupWan {
  readonly name: string
  readonly metered: boolean
  readonly table: number
  readonly gateway: string | null
  readonly interface: string | null
  /** The addresses that its probes ask, of both families. */
  readonly targets: readonly string[]
}

export interface SetupPolicy {
  readonly name: string
  readonly from: readonly string[]
  /** Empty: every destination. */
  readonly to: readonly string[]
  readonly protocol: string
  /** `443`, `5000-5100`; empty: all. */
  readonly ports: readonly string[]
  /** Empty: no Internet. */
  readonly use: readonly string[]
  /** Left out: as for everybody. */
  readonly failback?: 'graceful' | 'immediate'
}

export interface CapabilityGrade {
  readonly capability: keyof PublishedCapabilities
  readonly there: boolean
}
