/** A month's outages as a table for spreadsheets and for an operator's service desk (RFC 4180). Pure. */
import type { MonthReport } from '../../model/published/month-report.ts'

const head = ['line', 'down_from', 'down_until', 'seconds', 'ended_by', 'reason']

export function reportCsv({ outages }: MonthReport): string {
  const rows = outages.map(({ wan, from, to, seconds, ended_by, reason }) => [
    ...[wan, from, to ?? '', String(seconds), ended_by ?? '', reason],
  ])
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** A reason may quote what a captive portal says, and a spreadsheet would reckon with it. */
function cell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
