/**
 * The lines to the Internet that a search has found behind this host's links: `api/lines`. The names
 * are public; a key may be added, never renamed.
 */

export interface LineSearch {
  /** `none`: nobody has searched since the start. */
  readonly state: 'none' | 'searching' | 'done'
  /** ISO 8601, as all times here. */
  readonly started: string | null
  readonly finished: string | null
  /** While it searches, those that are known so far; the most likely first. */
  readonly lines: readonly FoundLine[]
  /** What was left out and why, in the user's words. */
  readonly notes: readonly string[]
}

export interface FoundLine {
  /** The same in each search, as `eth0/192.168.0.1`, or `wwan0` for a line without a gateway. */
  readonly id: string
  readonly interface: string
  readonly kind: 'router' | 'modem' | 'hotspot' | 'ppp' | 'interface'
  /** null: a line without a gateway. */
  readonly gateway: string | null
  readonly gateway6: string | null
  readonly mac: string | null
  /** null where nobody knows. */
  readonly maker: string | null
  readonly found_by: readonly FoundBy[]
  /** Empty: no Internet behind it. */
  readonly answered: readonly LineAnswer[]
  /** The shortest of them. */
  readonly latency_ms: number | null
  readonly public_ip: string | null
  readonly public_ip6: string | null
  /** The id of an earlier line that proves to be the same line to the Internet. */
  readonly same_as: string | null
  /** The name of the configured WAN that it is. */
  readonly wan: string | null
  /** Fit for an entry of `wans`. */
  readonly suggested: SuggestedWan
}

export type FoundBy =
  | 'default_route'
  | 'neighbour'
  | 'dhcp'
  | 'router_advertisement'
  | 'interface'
  | 'configured'

export interface LineAnswer {
  readonly target: string
  readonly method: 'icmp' | 'dns'
  readonly latency_ms: number
}

export interface SuggestedWan {
  /** Another one for each line. */
  readonly name: string
  readonly metered: boolean
  /** As the option takes it: an address, or `none` for a line without a gateway. */
  readonly gateway: string
  readonly interface: string | null
  readonly gateway6: string | null
}
