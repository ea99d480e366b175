/**
 * The published formats: the `state` topic, `status --json` and the events. The names are public;
 * a key may be added, never renamed.
 */
import type { HealthState } from '../health.ts'
import type { Capabilities } from '../host.ts'
import type { OptionDifference } from './box-card.ts'
import type { OptionsChange, OptionsPutBack } from './options-page.ts'

export interface Snapshot {
  readonly version: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly mode: string
  /** The WAN of the default policy; null while there is none. */
  readonly active: string | null
  readonly test_failover: { readonly on: boolean; readonly until: string | null }
  readonly wans: Readonly<Record<string, WanSnapshot>>
  readonly policies: Readonly<Record<string, PolicySnapshot>>
  /** Whether what this machine asks for names is answered, by whomever. */
  readonly names: { readonly state: 'unknown' | 'up' | 'down'; readonly reason: string }
  /** The DNS servers that this machine asks, by address. */
  readonly resolvers: Readonly<Record<string, ResolverSnapshot>>
  /** The WANs that have fallen silent, with no verdict yet: new connections avoid them. */
  readonly suspect: readonly string[]
  /** By name. */
  readonly tunnels: Readonly<Record<string, TunnelSnapshot>>
  /** How often new connections have begun to avoid one, since the start. */
  readonly sidesteps: number
  /** The other box that serves the same house; null: the options name none. */
  readonly pair: PairSnapshot | null
  readonly capabilities: PublishedCapabilities
  /** What needs the user's attention, in plain words; empty when all is well. */
  readonly problems: readonly string[]
  /** What is wrong with the options that were given; left out while they are right. */
  readonly options?: OptionsNotice
  /** A change of them on the page that waits for a word, or that was put back; left out: none. */
  readonly options_change?: OptionsChange
}

/** What a tunnel has beside its state as a WAN. */
export interface TunnelSnapshot {
  /** The WAN that carries its packets now; null: none may. */
  readonly line: string | null
  /** The WAN that gets a copy of each packet; left out: none does. */
  readonly second?: string
  /** Why that one, or what is wrong. */
  readonly reason: string
  /** The WANs that may carry it, in order. */
  readonly over: readonly string[]
  /** The server, as the options name it. */
  readonly endpoint: string
  /** What the server has to know of us; null: its device doesn't stand yet. */
  readonly public_key: string | null
  /** When both ends last agreed on keys; null: never that we know of. */
  readonly handshake_at: string | null
}

export interface OptionsNotice {
  /** The last right ones, or none: nothing is set up then. */
  readonly in_force: 'earlier' | 'none'
  /** When those in force were taken, ISO 8601; null: none are. */
  readonly since: string | null
  /** A line each: where, what stands there, what would be right. */
  readonly problems: readonly string[]
  /** They are right, but cost this host what it needs; left out: they are wrong. */
  readonly taken_back?: OptionsPutBack
}

export interface WanSnapshot {
  readonly state: HealthState
  readonly reason: string
  readonly since: string
  readonly latency_ms: number | null
  readonly jitter_ms: number | null
  readonly loss_percent: number | null
  readonly gateway: string | null
  readonly interface: string | null
  readonly public_ip: string | null
  /** Its IPv6, which is judged by itself; null: it has none (yet). */
  readonly ipv6: Ipv6Snapshot | null
  readonly rx_bytes: number | null
  readonly tx_bytes: number | null
  /** What it has carried in its billing month, both ways; left out where it isn't counted. */
  readonly month_bytes?: number
  /** The day on which the month began, as `2026-11-01`. */
  readonly month_since?: string | null
  /** null: no cap. */
  readonly cap_bytes?: number | null
}

export interface Ipv6Snapshot {
  readonly state: HealthState
  readonly reason: string
  readonly since: string
  readonly latency_ms: number | null
  readonly loss_percent: number | null
}

export interface PolicySnapshot {
  readonly wan: string | null
  /** The WAN that carries its IPv6. */
  readonly wan6: string | null
  readonly reason: string
  /** The WAN that was chosen for it by hand; left out where nobody chose: `automatic`. */
  readonly mode?: string
  /** Its bytes of this month by metered WANs; left out where it may use none. */
  readonly metered_bytes?: number
}

export interface ResolverSnapshot {
  readonly state: 'unknown' | 'up' | 'down'
  /** The WAN with which it dies; null: with none that we know of. */
  readonly via: string | null
  /** What it is asked goes to another one, as far as it passes this machine. */
  readonly rescued: boolean
  readonly reason: string
}

export interface PairSnapshot {
  /** `cut`: its link has no carrier. `apart`: it doesn't take part, `reason` says why. */
  readonly state: 'serving' | 'standby' | 'cut' | 'apart'
  /** ISO 8601; null: it hasn't taken part yet. */
  readonly since: string | null
  /** The clients' gateway. */
  readonly address: string
  readonly role: 'first' | 'second'
  /** It leaves the house to the other box as long as that one can serve. */
  readonly resting: boolean
  readonly reason: string
  /** What the other box says of itself by the broker that both have; null: nothing lately. */
  readonly other: OtherBoxSnapshot | null
}

export interface OtherBoxSnapshot {
  readonly version: string
  /** By its own clock, when it said so; ISO 8601. */
  readonly at: string
  /** When that was heard, by this box's clock. */
  readonly seen: string
  /** How far its clock is ahead; null: not known yet. */
  readonly clock_s: number | null
  /** What must be equal on both and isn't; the first ones of many. */
  readonly differences: readonly OptionDifference[]
  /** How many more there are. */
  readonly more: number
}

export interface PublishedCapabilities {
  readonly nft: Capabilities['nft']
  readonly ct_mark: Capabilities['ctMark']
  readonly conntrack: Capabilities['conntrack']
  readonly multipath: Capabilities['multipath']
  readonly forwarding: Capabilities['forwarding']
}

export const eventTypes = [
  'failover',
  'failback',
  'wan_down',
  'wan_up',
  'wan_degraded',
  'all_down',
  'restored',
  'names_down',
  'names_up',
  'took_over',
  'gave_way',
  'test_started',
  'test_ended',
] as const

export type EventType = (typeof eventTypes)[number]

export interface ChangeEvent {
  readonly event_type: EventType
  /** The WANs that the default policy left and entered; null where it didn't move. */
  readonly from: string | null
  readonly to: string | null
  /** The WAN that the event is about. */
  readonly wan: string | null
  readonly reason: string
  /** From the first missing answer to the decision; null where nothing was detected. */
  readonly detect_ms: number | null
  /** From the decision to the verified rules; null where nothing was switched. */
  readonly switch_ms: number | null
  readonly at: string
}
