/** What `api/history` answers. The names are public; a key may be added, never renamed. */
import type { HealthState } from '../health.ts'
import type { ChangeEvent } from './snapshot.ts'

export interface HistoryAnswer {
  /** Milliseconds since 1970, as asked. */
  readonly from: number
  readonly to: number
  readonly resolution_s: number
  readonly wans: Readonly<Record<string, WanHistory>>
  readonly events: readonly PastEvent[]
  /** When new connections avoided a WAN that had fallen silent; ascending. */
  readonly sidesteps: readonly SidestepMark[]
}

export interface SidestepMark {
  /** When the slot begins: seconds since 1970. */
  readonly at: number
  readonly count: number
}

/** Columns of one length; a slot of nulls stands where a gap begins. */
export interface WanHistory {
  /** When each slot begins: seconds since 1970, ascending. */
  readonly at: readonly number[]
  readonly latency_ms: readonly (number | null)[]
  readonly latency_max_ms: readonly (number | null)[]
  readonly loss_percent: readonly (number | null)[]
  /** The worst one in the slot. */
  readonly state: readonly HealthState[]
}

export interface PastEvent extends ChangeEvent {
  /** Until what it began was over; null while it lasts, and for what is over as it happens. */
  readonly lasted_ms: number | null
}
