/** Which WAN carries what, and why. */

export interface Decision {
  /** `automatic`, or the name of the WAN that was chosen by hand. */
  readonly mode: string
  readonly test: TestFailover | null
  /** By policy name, in the options' order, `default` last. */
  readonly policies: ReadonlyMap<string, PolicyDecision>
}

export interface PolicyDecision {
  /** null: this policy's traffic has no way out (`use: [none]`). */
  readonly wan: string | null
  readonly reason: string
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
  | { readonly kind: 'set_policy'; readonly policy: string; readonly wan: string }
