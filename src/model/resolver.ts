/** A resolver answers DNS questions of this machine, or of those behind it. */

/** A resolver that gives no answer, and those that answer in its place. */
export interface Rescue {
  /** Queries to this address are to go elsewhere. */
  readonly resolver: string
  /** By WAN name, the address that answers by this WAN; of the resolver's family. */
  readonly answersBy: ReadonlyMap<string, string>
}

/** A resolver that this machine is told to ask. */
export interface KnownResolver {
  /** Canonical; behind a link-local one is its link, as in `fe80::1%eth0`. */
  readonly address: string
  /** It passes questions on to the others: a stub on loopback, or the Supervisor's. */
  readonly forwards: boolean
}

/** What came of a question; silence is null. */
export type NameOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly reason: string }

/** A question to a resolver, asked as this machine asks it. */
export interface ResolverQuestion {
  /** Counted up; a newer one has a greater number. */
  readonly id: number
  readonly address: string
  /** Ask for what nobody can have kept: whoever answers has asked others just now. */
  readonly uncached: boolean
}

/** A question that leaves by one WAN. */
export interface ServerQuestion {
  /** Its position in the options. */
  readonly wan: number
  readonly server: string
}
