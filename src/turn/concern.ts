/**
 * What takes part in each turn beside health and decision: flows, metered bytes, public addresses.
 * A concern computes and never acts: it takes events, says what it wants of the plan, and returns
 * errands for the daemon to carry out. Whatever comes of an errand comes back as an event. All that
 * it needs to know is in its arguments: no clock, no I/O.
 *
 * Every part may be left out. A new concern is a file beside the others and a line in
 * `every-concern.ts`.
 */
import type { Move } from '../decision/decide.ts'
import type { Detour } from '../decision/sidestep.ts'
import type { Decision } from '../model/decision.ts'
import type { DaemonEvent } from '../model/event.ts'
import type { Healths } from '../model/health.ts'
import type { Capabilities, HostState } from '../model/host.ts'
import type { Uplink } from '../model/uplink.ts'
import type { FlowWishes, Wanted } from '../network/wanted.ts'
import type { Known } from '../report/snapshot.ts'
import type { Errand } from './errand.ts'

export interface Concern {
  /** What it has to know before the first turn; the host is as it was found. */
  start?(host: HostState): readonly Errand[]
  /**
   * Takes what has happened; an event of another concern changes nothing. Returns whether users
   * should hear of it at once.
   */
  take?(event: DaemonEvent, seen: Seen): boolean
  /** The links whose bytes it needs to know in this turn; they come as an event before the next step. */
  linksToRead?(seen: Seen): readonly string[]
  /** What health and decision have to know. */
  evidence?(seen: Seen): Evidence
  /** What it wants of the kernel beside the decision. */
  wishes?(decided: Decided): Wishes
  /** What is to be done now that the plan stands, or doesn't. */
  afterwards?(done: Done, stands: boolean): readonly Errand[]
  /** When to ask it again, whatever happens. */
  wakeAtMs?(): number
  /** What needs the user's attention, a sentence each. */
  problems?(): readonly string[]
  /** What will go wrong one day, with the remedy, a sentence each. */
  advice?(): readonly string[]
  /** What it adds to the snapshot. */
  figures?(): Figures
  /** Whether its figures say something that users should see at once; asked once a turn, at its end. */
  hasNews?(): boolean
  /** What is left to do before the end; called again after that, until nothing is left. */
  stop?(): readonly Errand[]
}

/** Where new connections go while a WAN is under suspicion, and what stays, see `sidesteps.ts`. */
export interface Routing {
  /** The decision that the plan is made of; the same value where nobody avoids any WAN. */
  readonly routed: Decision
  readonly detours: readonly Detour[]
  readonly flows: Required<Pick<FlowWishes, 'avoided' | 'taken' | 'aside'>>
}

export interface Now {
  /** Monotonic. */
  readonly nowMs: number
  /** Since 1970. */
  readonly wallMs: number
}

/** What stood when the turn began. */
export interface Seen extends Now {
  readonly uplinks: readonly Uplink[]
  /** The WANs that carry some policy's traffic. */
  readonly inUse: ReadonlySet<string>
}

/** What has been decided in this turn. */
export interface Decided extends Seen {
  /** As it was read last; null before the first time. */
  readonly host: HostState | null
  readonly capabilities: Capabilities
  readonly healths: Healths
  readonly decision: Decision
  readonly moves: readonly Move[]
  readonly routing: Routing
  /** A move, decided on now or before, waits for the plan to stand before it is announced. */
  readonly moving: boolean
  /** false: nothing is set up until the user says so. */
  readonly active: boolean
  /** The WANs whose cap is reached; left out: none. */
  readonly capped?: ReadonlySet<string>
}

/** What was decided, and what all concerns have wanted beside it. */
export interface Done extends Decided {
  readonly wishes: Wishes
}

export interface Evidence {
  /** The positions of WANs whose own traffic has just come in. */
  readonly heard?: readonly number[]
  /** The WANs that only policies with `over_cap` may use. */
  readonly capped?: ReadonlySet<string>
  /** By the WANs' positions, what real requests show that probes don't, in words. */
  readonly faults?: ReadonlyMap<number, string>
}

export type Wishes = Pick<Wanted, 'flows' | 'metering' | 'rescues' | 'rides' | 'down' | 'deadEnds'>

export type Figures = Partial<
  Pick<
    Known,
    | 'publicAddresses'
    | 'metered'
    | 'lost'
    | 'resolvers'
    | 'suspect'
    | 'sidesteps'
    | 'pair'
    | 'tunnels'
    | 'options'
    | 'optionsChange'
  >
>
