/**
 * How long everybody has to be silent before a WAN is down. A verdict cuts running flows, so a
 * hiccup must never make one: so long a hiccup as `hiccupShare` says is sat out, and then somebody
 * has the time to be heard again.
 */

import type { ProbeStream } from '../probing/probe-stream.ts'

/** Milliseconds from the first unanswered question to the verdict. */
export interface Patience {
  readonly usualMs: number
  /** Where the link's own counters would show at once that somebody is heard again. */
  readonly muteMs: number
}

/**
 * With the usual time-out of 1 s hiccups of 0.6 s cost nothing; a path of 20 ms is down after about
 * 0.7 s. A line that was slower than that lately is waited for as long. Whoever sets another
 * time-out has more patience, or less, in proportion, and never more than it.
 */
export function patienceOf(streams: readonly ProbeStream[], timeoutMs: number): Patience {
  const estimates = streams.map(({ roundTrip }) => roundTrip)
  const slowestMs = Math.max(...estimates.map((estimate) => estimate.slowestMs))
  const withinMs = (onceMoreMs: number) =>
    Math.min(timeoutMs, roundGapMs + Math.max(hiccupShare * timeoutMs + onceMoreMs, slowestMs))
  return {
    usualMs: withinMs(Math.max(...estimates.map((each) => each.onceMoreMs(timeoutMs)))),
    muteMs: withinMs(Math.max(...estimates.map((each) => each.usualMs(timeoutMs)))),
  }
}

const hiccupShare = 0.6
/** Between two rounds of a burst. */
export const roundGapMs = 50
