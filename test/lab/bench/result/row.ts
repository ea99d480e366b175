/** One line of the bench's result: samples of one kind, and what is asked of them. Pure. */
import { type Summary, summarize } from './statistics.ts'

export interface Row {
  readonly id: string
  readonly title: string
  readonly unit: 'ms' | '%' | 'MB' | 'packets' | 'failovers'
  readonly samples: readonly number[]
  /** Runs that gave no sample, each with why. A row with one of these has missed its limit. */
  readonly failures: readonly string[]
  /** What the samples may be at most; null: for information. */
  readonly limit: Limit | null
}

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

export function judge(row: Row): Verdict {
  const { limit } = row
  if (limit === null) return 'none'
  const summary = summarize(row.samples)
  if (summary === null || row.failures.length > 0) return 'missed'
  return keeps(summary, limit) ? 'met' : 'missed'
}

function keeps(summary: Summary, { median = Infinity, worst = Infinity }: Limit): boolean {
  return summary.median <= median && summary.worst <= worst
}
