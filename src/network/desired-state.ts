/**
 * What the kernel should hold of ours, as one plain value: rules, routes, the nft script and the
 * accepts among Docker's rules, built whole from the options, the uplinks and the decision. It is compared and printed, never patched.
 */
import { desiredAccepts } from './desired-accepts.ts'
import { desiredRoutes } from './desired-routes.ts'
import { desiredRules } from './desired-rules.ts'
import { nftScript } from './nft-script.ts'
import type { DesiredState, Wanted } from './wanted.ts'

/** Nothing of ours at all: what `cleanup` and `on_stop: restore` want. */
export const nothing: DesiredState = { rules: [], routes: [], nft: null, accepts: [] }

export function desiredState(wanted: Wanted): DesiredState {
  return {
    rules: desiredRules(wanted),
    routes: desiredRoutes(wanted.uplinks, wanted.host),
    nft: nftScript(wanted.settings, wanted.uplinks, wanted.keptFlows ?? null),
    accepts: desiredAccepts(wanted),
  }
}
