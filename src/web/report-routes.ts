/** A month's outages, as JSON or as a table to keep or to send. */
import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { History } from './history/history.ts'
import { reportCsv } from './history/report-csv.ts'
import { readReportQuestion } from './requests.ts'

export function addReport(
  app: Hono<{ Bindings: HttpBindings }>,
  history: Pick<History, 'month'>,
): void {
  app.get('/api/report', (context) => {
    const question = readReportQuestion(context.req.query())
    if (question.kind === 'wrong') return context.json({ error: question.error }, 400)
    const { month, format } = question.value
    const report = history.month(month)
    if (format === 'json') return context.json(report)
    return context.body(reportCsv(report), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="wan-failover-${month}.csv"`,
    })
  })
}
