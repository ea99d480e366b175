import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthState } from '../../../../src/model/health.ts'
import type { HistoryAnswer, WanHistory } from '../../../../src/model/published/history.ts'
import { chartData, downSpans, lineSummaries } from '../../../../src/web/ui/charts/chart-data.ts'

type Slot = readonly [second: number, latencyMs: number | null, state?: HealthState]

function wan(...slots: readonly Slot[]): WanHistory {
  return columns(slots)
}

function columns(slots: readonly Slot[]): WanHistory {
  return {
    at: slots.map(([second]) => second),
    latency_ms: slots.map(([, latencyMs]) => latencyMs),
    latency_max_ms: slots.map(([, latencyMs]) => (latencyMs === null ? null : latencyMs * 2)),
    loss_percent: slots.map(([, latencyMs]) => (latencyMs === null ? 100 : 0)),
    state: slots.map(([, , state = 'up']) => state),
  }
}

function history(wans: Readonly<Record<string, WanHistory>>): HistoryAnswer {
  return { from: 0, to: 100_000, resolution_s: 10, wans, events: [], sidesteps: [] }
}

test('lines that were recorded at other moments share one axis of time', () => {
  const both = history({ a: wan([0, 5], [10, 6], [20, 7]), b: wan([5, 50], [15, 60]) })
  assert.deepEqual(chartData(both, ['a', 'b'], 'latency_ms'), {
    x: [0, 5, 10, 15, 20],
    columns: [
      [5, undefined, 6, undefined, 7],
      [undefined, 50, undefined, 60, undefined],
    ],
  })
})

test('silence is a gap, and so is time in which nothing was recorded', () => {
  const one = history({ a: wan([0, 5], [10, null, 'down'], [20, 7], [60, 8]) })
  assert.deepEqual(chartData(one, ['a'], 'latency_ms'), {
    x: [0, 10, 20, 30, 60],
    columns: [[5, null, 7, null, 8]],
  })
})

test('a line that is probed rarely has no gap between its rare probes', () => {
  const both = history({
    often: wan([0, 1], [10, 1], [20, 1], [30, 1], [40, 1], [50, 1], [60, 1]),
    rarely: wan([0, 9], [30, 9], [60, 9]),
  })
  const [, rarely] = chartData(both, ['often', 'rarely'], 'latency_ms').columns
  assert.deepEqual(rarely, [9, undefined, undefined, 9, undefined, undefined, 9])
})

test('a line that the history does not know yet is an empty one', () => {
  assert.deepEqual(chartData(history({ a: wan([0, 5]) }), ['a', 'new'], 'loss_percent'), {
    x: [0],
    columns: [[0], [undefined]],
  })
})

test('neighbouring slots of an outage are one span', () => {
  const line = wan(
    [0, 5],
    [10, null, 'down'],
    [20, null, 'down'],
    [30, 5],
    [40, 5, 'degraded'],
    [90, null, 'down'],
  )
  assert.deepEqual(downSpans(line, 10), [
    { from: 10, to: 30 },
    { from: 90, to: 100 },
  ])
  assert.deepEqual(downSpans(undefined, 10), [])
})

test('the table says in words what the charts show', () => {
  const one = history({ a: wan([0, 5], [10, 6], [20, 40], [30, null, 'down']) })
  assert.deepEqual(lineSummaries(one, ['a', 'new']), [
    { name: 'a', typicalMs: 6, highestMs: 80, meanLossPercent: 25, downMs: 10_000 },
    { name: 'new', typicalMs: null, highestMs: null, meanLossPercent: null, downMs: 0 },
  ])
})

test('a whole month is summed up without overflowing anything', () => {
  const slots = Array.from({ length: 200_000 }, (_, index): Slot => [index * 10, index % 50])
  const [summary] = lineSummaries(history({ a: columns(slots) }), ['a'])
  assert.equal(summary?.highestMs, 98)
})
