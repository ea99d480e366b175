/** Timings of the verdict to choose from; the first one is what the daemon has. */
import type { LineOptions } from '../../../health/virtual-line.ts'

export interface Candidate {
  readonly name: string
  /** What differs from the defaults. */
  readonly timing: Pick<LineOptions, 'probe' | 'monitor'>
}

export const candidates: readonly Candidate[] = [
  { name: 'default', timing: {} },
  ...[800, 700, 600].map((timeoutMs) => ({
    name: `timeout ${timeoutMs / 1000}`,
    timing: { probe: { timeoutMs } },
  })),
  ...[700, 600].map((timeoutMs) => ({
    name: `timeout ${timeoutMs / 1000}, down_after 5`,
    timing: { probe: { timeoutMs, downAfter: 5 } },
  })),
  ...[700, 600].map((timeoutMs) => ({
    name: `timeout ${timeoutMs / 1000}, interval 0.5`,
    timing: { probe: { timeoutMs, intervalMs: 500 } },
  })),
  {
    name: 'timeout 0.5, interval 0.2',
    timing: { probe: { timeoutMs: 500, intervalMs: 200 } },
  },
]

/** `NAME={"probe": {"timeoutMs": 700}}`, for a try that nobody writes down. */
export function parseCandidate(text: string): Candidate {
  const at = text.indexOf('=')
  if (at < 1) throw new Error(`a candidate is NAME={"probe": …}, not ${text}`)
  return { name: text.slice(0, at), timing: JSON.parse(text.slice(at + 1)) as Candidate['timing'] }
}
