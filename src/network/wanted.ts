/** What the desired state is built from, and what it is. */
import type { ByFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { DockerAccept, HostState, Route, Rule } from '../model/host.ts'
import type { Rescue } from '../model/resolver.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Uplink } from '../model/uplink.ts'
import type { NftTable, QuotasUsed } from './nft/nft-table.ts'

export interface Wanted {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly decision: Decision
  readonly host: HostState
  /** What is to become of running flows; left out: nothing, as for a plan. */
  readonly flows?: FlowWishes
  /** What is known of the months' bytes; left out: nothing is counted, as for a plan. */
  readonly metering?: MeteringWishes
  /** The resolvers whose queries are to go to others; left out: none. */
  readonly rescues?: readonly Rescue[]
  /** Which line carries each tunnel; left out: the first of those it may ride on. */
  readonly rides?: readonly Ride[]
  /** The WANs that are down, past which the rules of others are to be led; left out: none. */
  readonly down?: ByFamily<readonly string[]>
  /** The WANs by which new IPv6 connections are refused; left out: none. */
  readonly deadEnds?: readonly string[]
  /** false: this kernel can't translate IPv6. */
  readonly nat6?: boolean
  /** false: it can translate single IPv6 addresses only, and no prefix. */
  readonly prefix6?: boolean
  /** false: it can't translate where a packet goes. */
  readonly dnat?: boolean
  /** false: its sets can't count, so nobody's bytes are. */
  readonly setCounters?: boolean
  /** Everybody gets a mark, and none of these: see `detour.ts`. */
  readonly avoidedUses?: ReadonlySet<number>
}

/** A tunnel and the line that carries its outer packets. */
export interface Ride {
  readonly tunnel: string
  /** null: none may, and its packets fail. */
  readonly line: string | null
  /** The line that gets a copy of each; left out: none does. */
  readonly second?: string
}

export interface FlowWishes {
  /** The WANs whose running flows stay on them. */
  readonly kept: ByFamily<readonly string[]>
  /** The WANs that were just left, whose flows of this machine are to begin again elsewhere. */
  readonly cut: ByFamily<readonly string[]>
  /** The same where others' flows stay: what no policy has marked begins again; left out: none. */
  readonly cutUnmarked?: ByFamily<readonly string[]>
  /** The WANs that let go of this machine's own UDP; left out: nothing is led elsewhere. */
  readonly freed?: ByFamily<readonly string[]>
  /**
   * The WANs that new connections avoid, or have lately: what runs on them stays, whatever carries
   * the rest; what has had no answer yet doesn't. Left out: none.
   */
  readonly avoided?: ByFamily<readonly string[]>
  /** The WANs that took new connections instead: what runs on them stays too; left out: none. */
  readonly taken?: ByFamily<readonly string[]>
  /** By policy, the avoided WAN that was decided on all the same; left out: none. */
  readonly aside?: ByFamily<ReadonlyMap<string, string>>
  /** false: this kernel can't mark connections. */
  readonly canMark: boolean
  /** false: tracked connections can't be listed, so all are remembered in sets; left out: they can. */
  readonly canList?: boolean
}

export interface MeteringWishes {
  readonly caps: readonly CapWish[]
}

/** What a WAN may carry in a month. */
export interface CapWish {
  readonly wan: string
  /** The day on which the month began, as `2026-11-01`. */
  readonly month: string
  readonly limitBytes: number
  /** What it has carried already; only where the kernel doesn't count it yet. */
  readonly usedBytes: number
}

export interface DesiredState {
  /** Ascending by priority. */
  readonly rules: readonly Rule[]
  readonly routes: readonly Route[]
  /** Our nft table; null: nothing of ours in nft. */
  readonly table: NftTable | null
  /** `table` as text, which is shown, and says whether what stands came of the same one. */
  readonly nft: string | null
  readonly quotasUsed?: QuotasUsed
  /** Traffic leaves a WAN whose running flows stay: nft has to hold them there before it does. */
  readonly holdFirst: boolean
  /** Where Docker drops forwarded packets. */
  readonly accepts: readonly DockerAccept[]
}
