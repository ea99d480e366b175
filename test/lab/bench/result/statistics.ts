/** What a row of the bench says about its samples. Pure. */
export interface Summary {
  readonly count: number
  readonly median: number
  readonly p95: number
  readonly worst: number
}

/** null without a sample: nothing is no figure. Large is bad in all that the bench measures. */
export function summarize(samples: readonly number[]): Summary | null {
  const sorted = samples.toSorted((a, b) => a - b)
  const worst = sorted.at(-1)
  if (worst === undefined) return null
  return { count: sorted.length, median: medianOf(sorted), p95: percentileOf(sorted, 95), worst }
}

/** The middle one, or the mean of the two in the middle. */
function medianOf(sorted: readonly number[]): number {
  const half = sorted.length / 2
  return (at(sorted, Math.ceil(half) - 1) + at(sorted, Math.floor(half))) / 2
}

/**
 * By nearest rank: the smallest sample that at least this many percent don't exceed. A sample that
 * really occurred, never an interpolation; of fewer than 20 samples the 95th is the worst.
 */
function percentileOf(sorted: readonly number[], percent: number): number {
  return at(sorted, Math.ceil((sorted.length * percent) / 100) - 1)
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[index]
  if (value === undefined) throw new RangeError(`no sample ${index} of ${sorted.length}`)
  return value
}
