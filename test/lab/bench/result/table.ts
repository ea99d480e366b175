/** Rows as Markdown tables that read well on a terminal too. Pure. */
import { renderPeers } from './peer-table.ts'
import { figure, renderTable } from './render-table.ts'
import { judge, type Limit, type Row } from './row.ts'
import { summarize } from './statistics.ts'

/** First what has a limit, then the peers, then what is for information, then the notes. */
export function renderRows(rows: readonly Row[], notes: readonly string[]): string {
  const judged = rows.filter(({ limit }) => limit !== null)
  const informative = rows.filter(({ limit, beside }) => limit === null && beside === undefined)
  const parts = [
    judged.length === 0
      ? []
      : renderTable(
          ['case', 'samples', 'median', 'p95', 'worst', 'at most', ''],
          judged.map((row) => [...figures(row), limitText(row), judge(row)]),
        ),
    renderPeers(rows),
    informative.length === 0
      ? []
      : renderTable(
          ['for information', 'samples', 'median', 'p95', 'worst'],
          informative.map(figures),
        ),
    notes.map((note) => `- ${note}`),
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

/** Throws where the marks are missing: a table in the wrong place is worse than none. */
export function replaceBetweenMarks(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [before, rest] = splitOnce(page, begin)
  const [, after] = splitOnce(rest, end)
  return `${before}${begin}\n${text}${end}${after}`
}

function figures(row: Row): string[] {
  const summary = summarize(row.samples)
  const tried = row.samples.length + row.failures.length
  const runs = row.failures.length === 0 ? `${tried}` : `${tried}, ${row.failures.length} failed`
  if (summary === null) return [row.title, runs, '–', '–', '–']
  const { median, p95, worst } = summary
  return [row.title, runs, ...[median, p95, worst].map((value) => figure(value, row.unit))]
}

function limitText({ limit, unit }: Row): string {
  const { median, worst } = limit as Limit
  return [
    ...(median === undefined ? [] : [`${figure(median, unit)} median`]),
    ...(worst === undefined ? [] : [`${figure(worst, unit)} worst`]),
  ].join(', ')
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`there is no ${mark} where the table belongs`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}
