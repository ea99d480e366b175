import type { ProbeStream } from '../probing/probe-stream.ts'

export interface DegradationLimits {
  readonly maxLossPercent: number
  readonly maxLatencyMs: number
  /** A degraded WAN has to become clearly better than the limits, or it would flutter at them. */
  readonly wasDegraded: boolean
  /** What real requests show; null: nothing. */
  readonly fault: string | null
}

/** Why a WAN that answers is not as it should be; null where it is. */
export function degradation(
  streams: readonly ProbeStream[],
  main: ProbeStream,
  limits: DegradationLimits,
): string | null {
  const ease = limits.wasDegraded ? 0.8 : 1
  const dead = streams.find((stream) => stream.silent)
  if (dead !== undefined && dead !== main) {
    return `${dead.describe()} gets no reply, though ${main.describe()} does`
  }
  if (limits.fault !== null) return limits.fault
  if (main.isLossierThan(limits.maxLossPercent * ease)) {
    const lossPercent = main.lossPercent() ?? 0
    return `loses ${Math.round(lossPercent)} % of the probes (limit ${limits.maxLossPercent} %)`
  }
  if (!main.isSlowerThan(limits.maxLatencyMs * ease, minLatencySamples)) return null
  const latencyMs = Math.round(main.latencyMs() ?? 0)
  return `takes ${latencyMs} ms to answer (limit ${limits.maxLatencyMs} ms)`
}

const minLatencySamples = 10
