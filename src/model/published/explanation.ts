/** Which way a device's packets go, as `explain --json` and `api/explain` say it. */
export interface Explanation {
  readonly policy: string
  /** The rule as `ip rule` would take it; null: no rule matched. */
  readonly rule: string | null
  readonly table: number | null
  /** The WAN the packet leaves by; null: it stays local, or goes nowhere. */
  readonly wan: string | null
  /** The WAN that carries `wan`, where that is a tunnel; left out: it is none, or nobody carries it. */
  readonly line?: string
  readonly gateway: string | null
  readonly link: string | null
  readonly reason: string
  /** The WANs that new connections are spread over; left out where they are not. */
  readonly spread?: readonly string[]
}

export interface ExplainedCase extends Explanation {
  /** `now`, or `if primary were down`. */
  readonly when: string
}
