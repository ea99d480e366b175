/**
 * How long everybody has to be silent before a WAN is down. A verdict cuts running flows, so a
 * hiccup must never make one: so long a hiccup as `hiccupShare` says is sat out, and then somebody
 * has the time to be heard again.
 */

import type { ProbeStream } from '../probing/probe-stream.ts'

/**
 * Milliseconds from the first unanswered question to the verdict. With the usual time-out of 1 s
 * hiccups of 0.6 s cost nothing; a path of 20 ms is down after about 0.7 s. A line that was slower
 * than that lately is waited for as long. Whoever sets another time-out has more patience, or
 * less, in proportion, and never more than it.
 */
export function patienceMs(streams: readonly ProbeStream[], timeoutMs: number): number {
  const estimates = streams.map(({ roundTrip }) => roundTrip)
  const onceMoreMs = Math.max(...estimates.map((estimate) => estimate.onceMoreMs(timeoutMs)))
  const slowestMs = Math.max(...estimates.map((estimate) => estimate.slowestMs))
  const neededMs = roundGapMs + Math.max(hiccupShare * timeoutMs + onceMoreMs, slowestMs)
  return Math.min(timeoutMs, neededMs)
}

const hiccupShare = 0.6
/** Between two rounds of a burst. */
export const roundGapMs = 50
