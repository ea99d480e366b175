/** The history as the charts need it, and as a table for users who can't see them. */
import type { HistoryAnswer, WanHistory } from '../../../model/published/history.ts'

export type Figure = 'latency_ms' | 'loss_percent'

/** null is a gap; undefined means no datum there, and the line goes on. */
export type Column = readonly (number | null | undefined)[]

export interface ChartData {
  /** Seconds since 1970, ascending. */
  readonly x: readonly number[]
  readonly columns: readonly Column[]
}

/** A line that misses this many slots in a row has a gap. */
const slotsOfAGap = 3

/** All WANs on one axis of time, in the order of `names`. */
export function chartData(
  history: HistoryAnswer,
  names: readonly string[],
  figure: Figure,
): ChartData {
  const columns = names.map((name) => withGaps(history.wans[name], figure, history.resolution_s))
  const x = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b)
  return { x, columns: columns.map((column) => x.map((second) => column.get(second))) }
}

function withGaps(
  wan: WanHistory | undefined,
  figure: Figure,
  resolutionS: number,
): Map<number, number | null> {
  const column = new Map<number, number | null>()
  if (wan === undefined) return column
  // A metered line is probed rarely: its own pace decides what a gap is.
  const pace = Math.max(resolutionS, median(steps(wan.at)) ?? resolutionS)
  let before: number | null = null
  for (const [index, second] of wan.at.entries()) {
    if (before !== null && second - before > slotsOfAGap * pace) column.set(before + pace, null)
    column.set(second, wan[figure][index] ?? null)
    before = second
  }
  return column
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** When a WAN was down: in seconds since 1970, neighbouring slots joined. */
export function downSpans(wan: WanHistory | undefined, resolutionS: number): readonly Span[] {
  const spans: { from: number; to: number }[] = []
  for (const [index, second] of (wan?.at ?? []).entries()) {
    if (wan?.state[index] !== 'down') continue
    const last = spans.at(-1)
    if (last !== undefined && second - last.to <= slotsOfAGap * resolutionS) {
      last.to = second + resolutionS
    } else spans.push({ from: second, to: second + resolutionS })
  }
  return spans
}

export interface LineSummary {
  readonly name: string
  /** The median of the slots. */
  readonly typicalMs: number | null
  readonly highestMs: number | null
  readonly meanLossPercent: number | null
  readonly downMs: number
}

export function lineSummaries(
  history: HistoryAnswer,
  names: readonly string[],
): readonly LineSummary[] {
  return names.map((name) => {
    const wan = history.wans[name]
    const losses = known(wan?.loss_percent)
    const spans = downSpans(wan, history.resolution_s)
    return {
      name,
      typicalMs: median(known(wan?.latency_ms)),
      highestMs: highest([...known(wan?.latency_max_ms), ...known(wan?.latency_ms)]),
      meanLossPercent: losses.length === 0 ? null : sum(losses) / losses.length,
      downMs: sum(spans.map(({ from, to }) => to - from)) * 1_000,
    }
  })
}

function known(values: readonly (number | null)[] | undefined): number[] {
  return (values ?? []).filter((value) => value !== null)
}

function steps(at: readonly number[]): number[] {
  return at.slice(1).map((second, index) => second - (at[index] ?? second))
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}

/** Not Math.max(...values): a month has more slots than some engines take arguments. */
function highest(values: readonly number[]): number | null {
  return values.reduce<number | null>((most, value) => Math.max(most ?? value, value), null)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
