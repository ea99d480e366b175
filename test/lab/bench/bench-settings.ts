export interface BenchSettings {
  /** How often each case is repeated. */
  readonly runs: number
  /** How often one whose single run takes long, or that isn't the daemon's. */
  readonly fewRuns: number
  /** How often one whose single run takes minutes. */
  readonly slowRuns: number
  /** How long the daemon at rest is watched. */
  readonly restMs: number
  /** How long both WANs lose packets. */
  readonly lossMs: number
  /** How many short silences running flows have to outlive. */
  readonly hiccups: number
  /** How long faults follow each other while the daemon's memory is watched. */
  readonly soakMs: number
  /** Says on the terminal how far it is. */
  readonly progress: (text: string) => void
}

/** There and back, as a good line of a house has it. */
export const pathMs = 20
