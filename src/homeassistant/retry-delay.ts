/** How long to wait before the next attempt to connect. Pure. */

export interface RetryTiming {
  readonly firstMs: number
  readonly lastMs: number
  /** A connection that held this long was a good one: its end is retried soon again. */
  readonly stableMs: number
}

/** Doubles from the first to the last distance; half of it is chance, for the other side's sake. */
export function retryDelayMs(failures: number, retry: RetryTiming, random: number): number {
  const fullMs = Math.min(retry.lastMs, retry.firstMs * 2 ** failures)
  return fullMs * (0.5 + random / 2)
}
