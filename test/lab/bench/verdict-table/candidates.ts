/** Timings of the verdict to choose from; the first one is what the daemon has. */
import type { LineOptions } from '../../../health/virtual-line.ts'

const oneTarget = { ipv4: ['8.8.8.8'], ipv6: [] }

export interface Candidate {
  readonly name: string
  /** What differs from the defaults. */
  readonly timing: Pick<LineOptions, 'probe' | 'monitor'>
}

/** The time-out is what the verdict waits by: `health/verdict/patience.ts` takes six tenths of it. */
export const candidates: readonly Candidate[] = [
  { name: 'default', timing: {} },
  ...[700, 800, 900, 1_100, 1_200, 1_500].map((timeoutMs) => ({
    name: `waits for ${((0.6 * timeoutMs) / 1_000).toFixed(2)} s (timeout ${timeoutMs / 1_000})`,
    timing: { probe: { timeoutMs } },
  })),
  ...[1, 5].map((downAfter) => ({
    name: `down_after ${downAfter}`,
    timing: { probe: { downAfter } },
  })),
  ...[500, 200].map((intervalMs) => ({
    name: `interval ${intervalMs / 1_000}`,
    timing: { probe: { intervalMs } },
  })),
  { name: 'one target, ping alone', timing: { probe: { methods: ['icmp'], targets: oneTarget } } },
]

/** `NAME={"probe": {"timeoutMs": 700}}`, for a try that nobody writes down. */
export function parseCandidate(text: string): Candidate {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`a candidate is NAME={"probe": …}, not ${text}`)
  return { name: text.slice(0, at), timing: JSON.parse(text.slice(at + 1)) as Candidate['timing'] }
}
