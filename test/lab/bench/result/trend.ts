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
  const quarters = quartersOf(samples)
  if (quarters === null) return null
  const [first, last] = [medianOf(quarters.first), medianOf(quarters.last)]
  if (first === null || last === null) return null
  return { first, last, perHour: slopeOf(samples) * msPerHour }
}

/**
 * The last quarter's least less the first's, for a count that swings with what happens: something
 * that is never given back lifts even the least. null as above.
 */
export function floorRise(samples: readonly Sample[]): number | null {
  const quarters = quartersOf(samples)
  if (quarters === null) return null
  return leastOf(quarters.last) - leastOf(quarters.first)
}

const msPerHour = 3_600_000

/** null where all stand at one moment. With two moments, neither quarter is empty. */
function quartersOf(samples: readonly Sample[]) {
  const [fromMs = 0, toMs = 0] = [samples[0]?.atMs, samples.at(-1)?.atMs]
  if (fromMs === toMs) return null
  const quarterMs = (toMs - fromMs) / 4
  return {
    first: samples.filter(({ atMs }) => atMs <= fromMs + quarterMs),
    last: samples.filter(({ atMs }) => atMs >= toMs - quarterMs),
  }
}

function leastOf(samples: readonly Sample[]): number {
  return Math.min(...samples.map(({ value }) => value))
}

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
