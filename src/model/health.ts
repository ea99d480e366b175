/** The health of a WAN, as its probes and its link show it. */
import type { ByFamily } from './address.ts'

export type HealthState = 'unknown' | 'up' | 'degraded' | 'down' | 'disabled'

export interface WanHealth {
  readonly state: HealthState
  /** One sentence without a full stop, for a user at 3 a.m. */
  readonly reason: string
  /** When the state began; the daemon's monotonic clock. */
  readonly sinceMs: number
  /** The first sign of what led to `down`: the silence began no later than here. */
  readonly suspectedMs: number | null
  /** How long it must stay healthy before traffic returns to it; grows when it flaps. */
  readonly holdDownMs: number
  /** Its silence is well-founded, yet no verdict: new connections avoid it; null: nothing is. */
  readonly suspectSinceMs: number | null
  /** It is `down`, and has begun to answer; null: it hasn't, or isn't down. */
  readonly answersSinceMs: number | null
}

/** The figures of a WAN that speaks; each null where it isn't known. */
export interface LineQuality {
  readonly latencyMs: number | null
  readonly jitterMs: number | null
  readonly lossPercent: number | null
}

/** By WAN name. */
export type WanHealths = ReadonlyMap<string, WanHealth>

/** Each family of a WAN has a health of its own. */
export type Healths = ByFamily<WanHealths>

/** What the link and the neighbour table say of a WAN, beside its probes. */
export type LinkEvidence =
  | { readonly kind: 'usable' }
  /** The interface, its carrier, its address or its gateway is missing: decides at once. */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** Its probes would leave by another way; it can't be judged. */
  | { readonly kind: 'hijacked'; readonly reason: string }
