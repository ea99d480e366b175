/** One line of the bench's result: samples of one kind, and what is asked of them. Pure. */
import { type Summary, summarize } from './statistics.ts'

export interface Row {
  readonly id: string
  readonly title: string
  readonly unit: 'ms' | '%' | 'MB' | 'kB' | 'count'
  readonly samples: readonly number[]
  /** Runs that gave no sample, each with why. A row with one of these has missed its limit. */
  readonly failures: readonly string[]
  /** What the samples may be at most; null: for information. */
  readonly limit: Limit | null
  /** Where it stands in the table of peers; without a limit it stands there only. */
  readonly beside?: Beside
}

export interface Beside {
  readonly contender: string
  readonly column: Column
  /** What the figure is counted in, where that is to be told with it. */
  readonly within?: string
}

/** `wrong`: what was left though it wasn't down. */
export type Column = 'running' | 'new' | 'bytes' | 'wrong'

export interface Limit {
  readonly median?: number
  readonly worst?: number
}

export type Verdict = 'met' | 'missed' | 'none'

/** What a case gives back: its rows, and everything that each run measured, for the JSON. */
export interface CaseResult {
  readonly rows: readonly Row[]
  readonly runs: readonly unknown[]
}

/** A limit that nobody can say is kept. */
export function failedCase(name: string, why: string): CaseResult {
  const row: Row = {
    id: name,
    title: `${name}: could not be measured`,
    unit: 'ms',
    samples: [],
    failures: [why],
    limit: {},
  }
  return { rows: [row], runs: [] }
}

export function judge(row: Row): Verdict {
  const { limit, beside, failures } = row
  // Who can't be measured beside us is no comparison that anybody may quote.
  if (limit === null) return beside !== undefined && failures.length > 0 ? 'missed' : 'none'
  const summary = summarize(row.samples)
  if (summary === null || failures.length > 0) return 'missed'
  return keeps(summary, limit) ? 'met' : 'missed'
}

function keeps(summary: Summary, { median = Infinity, worst = Infinity }: Limit): boolean {
  return summary.median <= median && summary.worst <= worst
}
