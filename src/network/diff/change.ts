/**
 * One step towards the desired state, and what is to be known of each kind of step. A step is
 * idempotent: done twice, it is done once.
 */
import type { Family } from '../../model/address.ts'
import type { DockerAccept, HostState, Route, Rule } from '../../model/host.ts'

export type Change =
  | { readonly kind: 'add_rule'; readonly rule: Rule }
  | { readonly kind: 'delete_rule'; readonly rule: Rule }
  /** Puts the route in place of one with the same table, destination and metric, or adds it. */
  | { readonly kind: 'replace_route'; readonly route: Route }
  | { readonly kind: 'delete_route'; readonly route: Route }
  /**
   * `script` makes our table what `table` says, in one transaction between two that make ready and
   * tidy up. `refill` is all that is to do where it succeeds: only live sets differ.
   */
  | {
      readonly kind: 'replace_nft'
      readonly before?: string | null
      readonly script: string
      readonly after?: string | null
      readonly refill?: string | null
      readonly table: string
      /** `table` without what is in its live sets. */
      readonly frame?: string
      /** It may stand already: nft can't say, or couldn't when it was made. */
      readonly unsure?: boolean
    }
  | { readonly kind: 'delete_nft' }
  /** Behind the drops with which DOCKER-USER begins, before everything else in it. */
  | { readonly kind: 'add_accept'; readonly accept: DockerAccept }
  | { readonly kind: 'delete_accept'; readonly accept: DockerAccept }

export type ChangeOf<Kind extends Change['kind']> = Extract<Change, { readonly kind: Kind }>

/** The changes that `ip` carries out; the others are nft's and iptables'. */
export type IpChange = Extract<Change, { readonly rule: Rule } | { readonly route: Route }>

/** What is known of a kind of change, so that ordering, pacing and applying need not ask which. */
export interface Operations<One extends Change> {
  readonly doing: 'adding' | 'replacing' | 'deleting'
  /** What can't be changed without NET_ADMIN: `rules`. */
  readonly subject: string

  /** Names the object, whatever is to happen to it: what is lost comes back by it. */
  key(change: One): string

  /** Where the object is. What has the same place takes it over, and must stand before it may go. */
  place(change: One): string

  /** For logs and errors: `rule 10010 fwmark 0x1000000/0xff000000 …`. */
  describe(change: One): string

  /** What takes the change back on this host as it was before; null: nothing can, or need. */
  inverse(change: One, before: HostState): Change | null

  /** true: until it is made, traffic goes elsewhere than was decided. */
  carriesDecision(change: One): boolean
}

/** What `ip` needs besides: one line of a batch, for the `ip` of one family. */
export interface IpOperations<One extends IpChange> extends Operations<One> {
  family(change: One): Family

  /** Throws where the text has no words for the object: then it is not ours. */
  line(change: One): string
}

export type OperationsOf<Kind extends Change['kind']> = {
  readonly [Each in Kind]: Operations<ChangeOf<Each>>
}

export type IpOperationsOf<Kind extends IpChange['kind']> = {
  readonly [Each in Kind]: IpOperations<ChangeOf<Each>>
}
