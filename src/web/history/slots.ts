/**
 * The arithmetic of the history: samples become slots of time, slots add up to longer ones, and
 * slots become the columns of a chart. Pure.
 */
import type { HealthState } from '../../model/health.ts'
import type { WanHistory } from '../../model/published/history.ts'

/** Sums, so that slots can be added in any order and at any time. */
export interface Slot {
  readonly latencies: number
  readonly latencySum: number
  readonly latencyMax: number
  readonly losses: number
  readonly lossSum: number
  /** Position in `worstLast`. */
  readonly worst: number
}

export interface Sample {
  readonly state: HealthState
  readonly latency_ms: number | null
  readonly loss_percent: number | null
}

/** What is kept, from fine to coarse; of the coarsest two months, for the last one's report. */
export const tiers = [
  { slotS: 10, keepS: 26 * 3600 },
  { slotS: 60, keepS: 3 * 86_400 },
  { slotS: 600, keepS: 62 * 86_400 },
] as const

/** Keeps an answer small; no chart on a screen can show more. */
export const maxSlots = 1500

export const longestRangeMs = 31 * 86_400_000

export function slotOf({ state, latency_ms, loss_percent }: Sample): Slot {
  return {
    latencies: latency_ms === null ? 0 : 1,
    latencySum: latency_ms ?? 0,
    latencyMax: latency_ms ?? 0,
    losses: loss_percent === null ? 0 : 1,
    lossSum: loss_percent ?? 0,
    worst: worstLast.indexOf(state),
  }
}

export function addSlots(a: Slot, b: Slot): Slot {
  return {
    latencies: a.latencies + b.latencies,
    latencySum: a.latencySum + b.latencySum,
    latencyMax: Math.max(a.latencyMax, b.latencyMax),
    losses: a.losses + b.losses,
    lossSum: a.lossSum + b.lossSum,
    worst: Math.max(a.worst, b.worst),
  }
}

/**
 * The finest resolution that shows the range in at most `maxSlots` slots, and the coarsest tier
 * that has it; for a range that begins before a tier does, a coarser tier knows more.
 */
export function resolutionFor(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  nowMs: number,
): { readonly tierS: number; readonly resolutionS: number } {
  const ageS = (nowMs - fromMs) / 1000
  const covering = tiers.filter(({ keepS }) => ageS <= keepS)
  const usable: readonly { slotS: number }[] = covering.length > 0 ? covering : tiers.slice(-1)
  const leastS = usable[0]?.slotS ?? 10
  const fits = (s: number) => Math.floor(toMs / 1000 / s) - Math.floor(fromMs / 1000 / s) < maxSlots
  const resolutionS = resolutionsS.find((s) => s >= leastS && fits(s)) ?? 3600
  const tier = usable.findLast(({ slotS }) => resolutionS % slotS === 0)
  return { tierS: tier?.slotS ?? leastS, resolutionS }
}

/** @param slots by the second that each begins at */
export function columnsOf(slots: ReadonlyMap<number, Slot>, resolutionS: number): WanHistory {
  const columns = {
    at: [] as number[],
    latency_ms: [] as (number | null)[],
    latency_max_ms: [] as (number | null)[],
    loss_percent: [] as (number | null)[],
    state: [] as HealthState[],
  }
  const push = (at: number, slot: Slot) => {
    columns.at.push(at)
    columns.latency_ms.push(average(slot.latencySum, slot.latencies))
    columns.latency_max_ms.push(slot.latencies === 0 ? null : tenths(slot.latencyMax))
    columns.loss_percent.push(average(slot.lossSum, slot.losses))
    columns.state.push(worstLast[slot.worst] ?? 'unknown')
  }
  let previous: number | null = null
  for (const at of [...slots.keys()].sort((a, b) => a - b)) {
    const slot = slots.get(at)
    // Now and then a sample comes just too late for its slot; only a longer pause is a gap.
    if (previous !== null && at - previous > 3 * resolutionS) push(previous + resolutionS, nothing)
    if (slot !== undefined) push(at, slot)
    previous = at
  }
  return columns
}

function average(sum: number, count: number): number | null {
  return count === 0 ? null : tenths(sum / count)
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

/** The history's file contains their positions: append a new one at the end. */
const worstLast: readonly HealthState[] = ['disabled', 'up', 'unknown', 'degraded', 'down']

const nothing: Slot = slotOf({ state: 'unknown', latency_ms: null, loss_percent: null })

/** Multiples of each other where possible, so that a chart doesn't jump when it gets narrower. */
const resolutionsS = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600]
