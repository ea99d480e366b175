/** What a reader must know about a table of figures: under which conditions, and compared to what. */
import type { Row } from './row.ts'

export interface Machine {
  readonly at: string
  readonly kernel: string
  readonly node: string
  readonly cores: number
  readonly processor: string
  readonly tookMinutes: number
}

export function notesOn(rows: readonly Row[], machine: Machine): string[] {
  const has = (...ids: readonly string[]) => rows.some(({ id }) => ids.includes(id))
  const { at, kernel, node, cores, processor, tookMinutes } = machine
  return [
    `${at.slice(0, 10)}, Linux ${kernel}, ${cores} × ${processor}, Node ${node}; ${tookMinutes} min.`,
    ...(has('silent-new', 'silent-quick-new', 'dead-new', 'cut-new')
      ? [
          'Failovers, returns and hiccups: the lines are 20 ms long, there and back, and options are the default ' +
            'ones where nothing else is said. ' +
            'The clock runs from before the fault is made. A new connection: a client opens one each ' +
            '20 ms, and the first of those begun after the fault that stands ends the clock. The running stream: a ' +
            'packet each 5 ms in one flow, until the first answer is back. Faults come at evenly spread moments ' +
            'between two probes.',
          'Hold-downs that grow with flapping are kept out: `failback: {delay: 2}`, and after every 5 ' +
            'failovers a fresh daemon with a fresh memory of flaps (the first 5 in an hour lengthen nothing).',
        ]
      : []),
    ...(has('rest-cpu') ? ['At rest: one sample is a window of 5 s.'] : []),
    ...(rows.some(({ beside }) => beside !== undefined) ? peerNotes : []),
  ]
}

const peerNotes = [
  'Peers: in the same house and run, those of seconds in turn with the daemon. Each moves all traffic by one ' +
    "rule, and pings by the first line only. mwan3 runs on OpenWrt alone: this is its tracker's algorithm " +
    'written again, without the scripts that it then calls. Numbers in brackets are runs.',
  'Probes an hour: all bytes that the far end of the first line sees of them, both ways, while no client sends ' +
    'anything. False failovers: how often a running flow was moved while both lines lost 5 % each way. One may ' +
    'last: lsm comes back when 95 of its last 100 pings were answered, and of these lines no more than 90 are.',
  'BFD (FRR, BIRD) finds a dead neighbour within milliseconds, but its neighbour has to take part, and no ' +
    "home router's provider does.",
]
