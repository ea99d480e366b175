/**
 * How long everybody has to be silent before a WAN is down. A verdict cuts running flows, so a
 * hiccup must never make one: so long a hiccup as `hiccupShare` says is sat out, and then somebody
 * has the time to be heard again.
 */

import type { ProbeStream } from '../probing/probe-stream.ts'

/** Milliseconds from the first unanswered question. */
export interface Patience {
  /** The longest hiccup that is sat out is over: whoever is asked now answers, if anybody does. */
  readonly hiccupMs: number
  /** The verdict. */
  readonly usualMs: number
  /** The verdict where the link's own counters would show at once that somebody is heard again. */
  readonly muteMs: number
}

/**
 * With the usual time-out of 1 s hiccups of 0.6 s cost nothing; a path of 20 ms is down after 0.66 s.
 * A line that was slower than that lately is waited for as long. Whoever sets another time-out has
 * more patience, or less, in proportion, and never more than it.
 */
export function patienceOf({ roundTrip }: ProbeStream, timeoutMs: number): Patience {
  const hiccupMs = hiccupShare * timeoutMs + aMomentMs
  const withinMs = (onceMoreMs: number) =>
    Math.min(timeoutMs, Math.max(hiccupMs + onceMoreMs, roundTrip.slowestMs))
  return {
    hiccupMs,
    usualMs: withinMs(roundTrip.onceMoreMs(timeoutMs)),
    muteMs: withinMs(roundTrip.usualMs(timeoutMs)),
  }
}

const hiccupShare = 0.6
/** A round right at the end of a hiccup would be its last victim. */
const aMomentMs = 10
