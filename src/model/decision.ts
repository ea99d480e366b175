/** Which WAN carries what, and why. */
import type { ByFamily } from './address.ts'

export interface Decision {
  /** `automatic`, or the name of the WAN that was chosen by hand. */
  readonly mode: string
  readonly test: TestFailover | null
  /** By policy name, the WAN that was chosen for it by hand. */
  readonly chosen: ReadonlyMap<string, string>
  /** By policy name, in the options' order, `default` last. */
  readonly policies: PolicyDecisions
  /** The same for the devices under test; empty while there is none, or a test is for all. */
  readonly tested: PolicyDecisions
}

/** By policy name. */
export type PolicyDecisions = ReadonlyMap<string, ByFamily<PolicyDecision>>

export interface PolicyDecision {
  /** null: this policy's traffic has no way out (`use: [none]`). */
  readonly wan: string | null
  readonly reason: string
  /** Of a balanced policy: the WANs that its new connections are spread over. */
  readonly spread?: readonly string[]
}

/** A failover test that is under way: `avoid` is left as if it were down. */
export interface TestFailover {
  readonly avoid: string
  readonly untilMs: number
}

/** What users and Home Assistant may ask of us. */
export type Command =
  | { readonly kind: 'set_test'; readonly on: boolean }
  | { readonly kind: 'set_mode'; readonly mode: string }
  | { readonly kind: 'fail_back' }
  /** Lets the other box serve, or no longer. */
  | { readonly kind: 'set_rest'; readonly on: boolean }
  /** `automatic`, or one of the WANs that the policy may use. */
  | { readonly kind: 'set_policy'; readonly policy: string; readonly wan: string }
