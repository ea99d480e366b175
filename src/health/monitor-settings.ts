import type { FailbackSettings, ProbeSettings } from '../model/settings.ts'

/** The options that the health of one WAN depends on. */
export interface MonitorSettings {
  readonly name: string
  /** Position of the WAN, from 0. */
  readonly index: number
  readonly metered: boolean
  readonly probe: ProbeSettings
  readonly failback: FailbackSettings
}
