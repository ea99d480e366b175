import type { MonthReport } from '../../src/model/published/month-report.ts'

/** A November with so many outages of the primary line, ten minutes each. */
export function exampleReport({ outages = 2 } = {}): MonthReport {
  const startMs = Date.UTC(2026, 10, 3)
  const at = (minutes: number) => new Date(startMs + minutes * 60_000).toISOString()
  const seconds = 600
  return {
    month: '2026-11',
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-12-01T00:00:00.000Z',
    recorded_from: '2026-11-01T00:00:00.000Z',
    saved_s: outages * seconds,
    offline_s: 0,
    failovers: outages,
    wans: {
      primary: {
        watched_s: 2_592_000,
        down_s: outages * seconds,
        outages,
        longest_s: seconds,
        availability_percent: 99.954,
      },
      secondary: {
        watched_s: 2_592_000,
        down_s: 0,
        outages: 0,
        longest_s: 0,
        availability_percent: 100,
      },
    },
    outages: Array.from({ length: outages }, (_, index) => ({
      wan: 'primary',
      from: at(index * 60),
      to: at(index * 60 + 10),
      seconds,
      ended_by: 'line',
      reason:
        'down: none of 1.1.1.1, 8.8.8.8 and 9.9.9.9 has replied for 0.9 s, though a burst asked all',
    })),
  }
}
