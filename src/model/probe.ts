/** One question to one target by one WAN, and what became of it. */
import type { Family } from './address.ts'

/** How a target can be asked; `probe/prober.ts` has a row for each. */
export const probeMethods = ['icmp', 'dns', 'tcp', 'http'] as const

export type ProbeMethod = (typeof probeMethods)[number]

export interface ProbeRequest {
  /** Unique among the probes under way; counts up. */
  readonly id: number
  /** Position of the WAN, from 0: its probe mark and source ports derive from it. */
  readonly wan: number
  /** `neighbour` asks the gateway itself, by ARP, on `link`. */
  readonly method: ProbeMethod | 'neighbour'
  readonly family: Family
  /** The address that the probe asks. */
  readonly target: string
  /** The WAN's link; a probe of method `neighbour` is sent out there. */
  readonly link: string
  /** No payload: for metered WANs on standby. */
  readonly small: boolean
}

/**
 * `answered`: the target spoke. `refused`: somebody on the way said no (an ICMP error).
 * `unsent`: this machine could not send it. Silence is no outcome: it is what remains.
 */
export type ProbeOutcome =
  | { readonly kind: 'answered'; readonly rttMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unsent'; readonly reason: string }

export function unsent(reason: string): ProbeOutcome {
  return { kind: 'unsent', reason }
}

export interface ProbeResult {
  readonly id: number
  readonly wan: number
  readonly outcome: ProbeOutcome
}

/** Answers that came in a target's name and didn't prove that they belong to a question of ours. */
export interface ForgedAnswers {
  readonly wan: number
  readonly by: 'icmp' | 'dns'
  /** Estimated, where the kernel hands us a few of many. */
  readonly count: number
  /** The target in whose name the last one came. */
  readonly target: string
}
