import type { Family } from '../model/address.ts'
import type { FailbackSettings, ProbeSettings } from '../model/settings/settings.ts'

/** The options that the health of one WAN depends on. */
export interface MonitorSettings {
  readonly name: string
  /** Position of the WAN, from 0. */
  readonly index: number
  /** It is judged in this one; another monitor judges it in the other. */
  readonly family: Family
  readonly metered: boolean
  readonly probe: ProbeSettings
  readonly failback: FailbackSettings
}
