/** For lengths of time that are themselves part of what is measured; conditions use waitFor(). */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/**
 * Somewhere in the second between two probes, another place in each run and evenly spread over
 * them (the golden ratio's multiples), so that no case lives from lucky moments.
 */
export function phaseMs(run: number): number {
  return ((run * 0.618_034) % 1) * 1000
}
