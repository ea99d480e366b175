/**
 * What the kernel should hold of ours, as one plain value: rules, routes and the nft script, built
 * whole from the options, the uplinks and the decision. It is compared and printed, never patched.
 */
import type { Decision } from '../model/decision.ts'
import type { HostState, Route, Rule } from '../model/host.ts'
import type { Settings } from '../model/settings.ts'
import { desiredRoutes } from './desired-routes.ts'
import { desiredRules } from './desired-rules.ts'
import { nftScript } from './nft-script.ts'
import type { Uplink } from './uplinks.ts'

export interface DesiredState {
  /** Ascending by priority. */
  readonly rules: readonly Rule[]
  readonly routes: readonly Route[]
  /** null: nothing of ours in nft. */
  readonly nft: string | null
}

export interface Wanted {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly decision: Decision
  readonly host: HostState
  /**
   * The WANs whose running flows stay on them; null, or left out, where connections can't be
   * marked.
   */
  readonly keptFlows?: readonly string[] | null
}

/** Nothing of ours at all: what `cleanup` and `on_stop: restore` want. */
export const nothing: DesiredState = { rules: [], routes: [], nft: null }

export function desiredState(wanted: Wanted): DesiredState {
  return {
    rules: desiredRules(wanted),
    routes: desiredRoutes(wanted.uplinks, wanted.host),
    nft: nftScript(wanted.settings, wanted.uplinks, wanted.keptFlows ?? null),
  }
}
