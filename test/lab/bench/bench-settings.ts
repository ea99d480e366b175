export interface BenchSettings {
  /** How often each case is repeated. */
  readonly runs: number
  /** How long the daemon at rest is watched. */
  readonly restMs: number
  /** How long both WANs lose packets. */
  readonly lossMs: number
  /** How long faults follow each other while the daemon's memory is watched. */
  readonly soakMs: number
  /** Says on the terminal how far it is. */
  readonly progress: (text: string) => void
}
