/** One step towards the desired state. Each is idempotent: done twice, it is done once. */
import type { DockerAccept, Route, Rule } from '../model/host.ts'

export type Change =
  | { readonly kind: 'add_rule'; readonly rule: Rule }
  | { readonly kind: 'delete_rule'; readonly rule: Rule }
  /** Puts the route in place of one with the same table, destination and metric, or adds it. */
  | { readonly kind: 'replace_route'; readonly route: Route }
  | { readonly kind: 'delete_route'; readonly route: Route }
  /** `script` is an nft script that leaves our whole table as wanted, one transaction. */
  | { readonly kind: 'replace_nft'; readonly script: string }
  | { readonly kind: 'delete_nft' }
  /** Behind the drops with which DOCKER-USER begins, before everything else in it. */
  | { readonly kind: 'add_accept'; readonly accept: DockerAccept }
  | { readonly kind: 'delete_accept'; readonly accept: DockerAccept }
