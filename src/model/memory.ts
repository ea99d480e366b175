/** What outlives a restart beside the metered WANs' books. */
export interface Remembered {
  /** `automatic`, or the WAN that was chosen by hand. */
  readonly mode: string
  /** The user has said that we may set up beside another program's tunnel. */
  readonly mayOverride: boolean
}
