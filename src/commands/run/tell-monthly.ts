/**
 * Tells of the month that has ended, once: within the hour after its end, or at the next start. Of a
 * month of which there is no record, as at the very first start, it tells nobody.
 */
import { join } from 'node:path'
import * as v from 'valibot'
import type { Clock } from '../../daemon/clock.ts'
import { JsonFile } from '../../daemon/memory/json-file.ts'
import type { Log } from '../../model/log.ts'
import type { MonthReport } from '../../model/published/month-report.ts'

export interface MonthlyParts {
  readonly clock: Clock
  readonly log: Log
  /** null: nothing outlives a restart, and nobody is told. */
  readonly folder: string | null
  readonly report: (month: string) => MonthReport
  readonly tell: (report: MonthReport) => void
}

const remembered = v.object({ told: v.nullable(v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/))) })

/** Until what it returns is called. */
export function tellMonthly(parts: MonthlyParts): () => void {
  const { clock, log, folder } = parts
  if (folder === null) return () => {}
  const file = new JsonFile<v.InferOutput<typeof remembered>>(join(folder, 'reports.json'), {
    schema: remembered,
    empty: { told: null },
    loss: 'the report of the last month may come twice',
    log,
  })
  let cancel = () => {}
  const look = (): void => {
    cancel = clock.wake(clock.nowMs() + lookEveryMs, look)
    const last = monthBefore(clock.wallMs())
    const { told } = file.load()
    if (told === last) return
    file.save({ told: last })
    // One that lies ahead is of a clock that was wrong.
    if (told !== null && told > last) return
    const report = parts.report(last)
    if (report.recorded_from !== null) parts.tell(report)
  }
  // Not at once: Home Assistant starts after us, and the time may not be right yet.
  cancel = clock.wake(clock.nowMs() + firstLookMs, look)
  return () => cancel()
}

/** The one before the month of this time, in this machine's time zone. */
function monthBefore(wallMs: number): string {
  const now = new Date(wallMs)
  const first = new Date(now.getFullYear(), now.getMonth() - 1, 1)
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}`
}

const firstLookMs = 10 * 60_000
const lookEveryMs = 30 * 60_000
