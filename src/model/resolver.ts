/** A resolver answers DNS questions of this machine, or of those behind it. */

/** A resolver that gives no answer, and those that answer in its place. */
export interface Rescue {
  /** Queries to this address are to go elsewhere. */
  readonly resolver: string
  /** By WAN name, the address that answers by this WAN; of the resolver's family. */
  readonly answersBy: ReadonlyMap<string, string>
}
