/** What the desired state is built from, and what it is. */
import type { Decision } from '../model/decision.ts'
import type { DockerAccept, HostState, Route, Rule } from '../model/host.ts'
import type { Settings } from '../model/settings.ts'
import type { Uplink } from './uplinks.ts'

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

export interface DesiredState {
  /** Ascending by priority. */
  readonly rules: readonly Rule[]
  readonly routes: readonly Route[]
  /** null: nothing of ours in nft. */
  readonly nft: string | null
  /** Where Docker drops forwarded packets. */
  readonly accepts: readonly DockerAccept[]
}
