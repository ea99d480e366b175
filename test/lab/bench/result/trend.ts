/** Whether a figure stays where it is over time. Pure. */
import { summarize } from './statistics.ts'

export interface Sample {
  readonly atMs: number
  readonly value: number
}

export interface Trend {
  /** Medians of the first and of the last quarter of the time. */
  readonly first: number
  readonly last: number
  /** By least squares over all samples: how much more an hour later. */
  readonly perHour: number
}

/** null where a quarter has no sample. The samples stand in the order of time. */
export function trendOf(samples: readonly Sample[]): Trend | null {
  const [fromMs = 0, toMs = 0] = [samples[0]?.atMs, samples.at(-1)?.atMs]
  const quarterMs = (toMs - fromMs) / 4
  const first = medianOf(samples.filter(({ atMs }) => atMs <= fromMs + quarterMs))
  const last = medianOf(samples.filter(({ atMs }) => atMs >= toMs - quarterMs))
  if (first === null || last === null || quarterMs === 0) return null
  return { first, last, perHour: slopeOf(samples) * msPerHour }
}

const msPerHour = 3_600_000

function medianOf(samples: readonly Sample[]): number | null {
  return summarize(samples.map(({ value }) => value))?.median ?? null
}

function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [meanMs, meanValue] = [mean(({ atMs }) => atMs), mean(({ value }) => value)]
  const together = mean(({ atMs, value }) => (atMs - meanMs) * (value - meanValue))
  return together / mean(({ atMs }) => (atMs - meanMs) ** 2)
}
