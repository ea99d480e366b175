/** One step towards the desired state. Each is idempotent: done twice, it is done once. */
import type { DockerAccept, Route, Rule } from '../../model/host.ts'

export type Change =
  | { readonly kind: 'add_rule'; readonly rule: Rule }
  | { readonly kind: 'delete_rule'; readonly rule: Rule }
  /** Puts the route in place of one with the same table, destination and metric, or adds it. */
  | { readonly kind: 'replace_route'; readonly route: Route }
  | { readonly kind: 'delete_route'; readonly route: Route }
  /** `script` makes our table what `table` says, in one transaction between two that make ready and tidy up. */
  | {
      readonly kind: 'replace_nft'
      readonly before?: string | null
      readonly script: string
      readonly after?: string | null
      readonly table: string
    }
  | { readonly kind: 'delete_nft' }
  /** Behind the drops with which DOCKER-USER begins, before everything else in it. */
  | { readonly kind: 'add_accept'; readonly accept: DockerAccept }
  | { readonly kind: 'delete_accept'; readonly accept: DockerAccept }
