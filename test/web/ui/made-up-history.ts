/** A history as the daemon would have recorded it: noisy by a fixed rule, with the outages told. */
import type { HealthState } from '../../../src/model/health.ts'
import type {
  HistoryAnswer,
  SidestepMark,
  WanHistory,
} from '../../../src/model/published/history.ts'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { Scenario } from './scenario.ts'
import type { Outage } from './scenario-parts.ts'

export interface Asked {
  readonly from: number
  readonly to: number
  readonly nowMs: number
}

export function madeUpHistory(scenario: Scenario, { from, to, nowMs }: Asked): HistoryAnswer {
  const resolutionS = [10, 60, 120, 600, 1800].find((s) => (to - from) / 1000 / s < 1500) ?? 3600
  const names = Object.keys(scenario.snapshot.wans)
  const columns = names.map((name, index) => {
    const outages = scenario.outages[name] ?? []
    return [name, column({ from, to, nowMs }, { resolutionS, outages, index })] as const
  })
  return {
    from,
    to,
    resolution_s: resolutionS,
    wans: Object.fromEntries(columns),
    events: scenario.events.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= to),
    sidesteps: sidestepsOf(scenario.snapshot, { from, to, nowMs }),
  }
}

/** The newest some minutes ago, and a few a day before. */
function sidestepsOf({ sidesteps }: Snapshot, { from, to, nowMs }: Asked): SidestepMark[] {
  return Array.from({ length: sidesteps }, (_, i) => nowMs - (7 + i * i * 11) * 60_000)
    .filter((atMs) => atMs >= from && atMs <= to)
    .map((atMs) => ({ at: Math.floor(atMs / 1000), count: 1 }))
    .reverse()
}

interface Line {
  readonly resolutionS: number
  readonly outages: readonly Outage[]
  readonly index: number
}

function column({ from, to, nowMs }: Asked, { resolutionS, outages, index }: Line): WanHistory {
  const at: number[] = []
  const latency_ms: (number | null)[] = []
  const latency_max_ms: (number | null)[] = []
  const loss_percent: (number | null)[] = []
  const state: HealthState[] = []
  const first = Math.ceil(from / 1000 / resolutionS) * resolutionS
  for (let second = first; second * 1000 < to; second += resolutionS) {
    const agoMs = nowMs - second * 1000
    // The machine was off for a while: a gap in every line.
    if (agoMs > 11 * 86_400_000 && agoMs < 11.6 * 86_400_000) continue
    const slotMs = resolutionS * 1000
    const during = outages.find((one) => agoMs <= one.fromAgoMs + slotMs && agoMs > one.toAgoMs)
    const down = during?.state === 'down'
    const evening = Math.max(0, Math.sin((second / 86_400) * 2 * Math.PI)) * (index === 0 ? 3 : 14)
    const typical = (index === 0 ? 8 : 46) + evening
    const noise = wobble(second + index * 977)
    const bad = during?.state === 'degraded' ? 90 : 0
    const latency = round(typical * (1 + 0.16 * noise) + bad * (0.6 + 0.4 * noise))
    at.push(second)
    latency_ms.push(down ? null : latency)
    latency_max_ms.push(down ? null : round(latency * (1.2 + 0.5 * Math.abs(noise))))
    loss_percent.push(down ? 100 : round(Math.max(0, noise - 0.8) * 14 + (bad > 0 ? 26 : 0)))
    state.push(during?.state ?? 'up')
  }
  return { at, latency_ms, latency_max_ms, loss_percent, state }
}

/** Between −1 and 1, the same for the same second. */
function wobble(second: number): number {
  return (Math.sin(second * 0.137) + Math.sin(second * 0.731) + Math.sin(second * 2.399)) / 3
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
