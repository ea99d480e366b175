/** What a reader must know about a table of figures: under which conditions, and compared to what. */
import type { Row } from './row.ts'
import { summarize } from './statistics.ts'

export interface Machine {
  readonly at: string
  readonly kernel: string
  readonly node: string
  readonly cores: number
  readonly processor: string
}

export function notesOn(rows: readonly Row[], machine: Machine): string[] {
  const has = (id: string) => rows.some((row) => row.id === id)
  const { at, kernel, node, cores, processor } = machine
  return [
    `${at.slice(0, 10)}, Linux ${kernel}, ${cores} × ${processor}, Node ${node}.`,
    ...(has('silent') || has('dead') || has('cut')
      ? [
          'Probe interval 1 s. The clock runs from before the fault is made until the answer is back at ' +
            'the client, for the later of two streams: one running flow (a packet each 5 ms) and new flows ' +
            '(one each 10 ms). Faults come at evenly spread moments between two probes.',
          'Hold-downs that grow with flapping are kept out: `failback: {delay: 2}`, and after every 5 ' +
            'failovers a fresh daemon with a fresh memory of flaps (the first 5 in an hour lengthen nothing).',
        ]
      : []),
    ...(has('rest-cpu') ? ['At rest: one sample is a window of 5 s.'] : []),
    ...ratioNote(rows),
  ]
}

function ratioNote(rows: readonly Row[]): string[] {
  const [ours, loop] = ['silent', 'silent-loop'].map((id) =>
    summarize(rows.find((row) => row.id === id)?.samples ?? []),
  )
  if (!ours || !loop) return []
  return [
    'The ping loop is the classic one, a ping a second and a flip after three misses, in the same ' +
      `house and in turn with the daemon. Median of the daemon / median of the loop: ${(ours.median / loop.median).toFixed(2)}.`,
  ]
}
