/**
 * The machine's CLOCK_MONOTONIC in milliseconds with fractions: the same clock in every process,
 * so times taken by an agent in a client's namespace and by the test can be subtracted.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
