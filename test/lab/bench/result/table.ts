/** Rows as Markdown tables that read well on a terminal too. Pure. */
import { judge, type Limit, type Row } from './row.ts'
import { summarize } from './statistics.ts'

const begin = '<!-- bench:begin -->'
const end = '<!-- bench:end -->'

/** First what has a limit, then what is for information, then the notes. */
export function renderRows(rows: readonly Row[], notes: readonly string[]): string {
  const [judged, informative] = [
    rows.filter(({ limit }) => limit !== null),
    rows.filter(({ limit }) => limit === null),
  ]
  const parts = [
    judged.length === 0
      ? []
      : renderTable(
          ['case', 'samples', 'median', 'p95', 'worst', 'at most', ''],
          judged.map((row) => [...figures(row), limitText(row), judge(row)]),
        ),
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
export function replaceBetweenMarks(readme: string, text: string): string {
  const [before, rest] = splitOnce(readme, begin)
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

function figure(value: number, unit: Row['unit']): string {
  switch (unit) {
    case 'ms':
      return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
    case '%':
      return `${value.toFixed(2)} %`
    case 'MB':
      return `${value.toFixed(1)} MB`
    case 'packets':
    case 'failovers':
      return String(value)
  }
}

function renderTable(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...body.map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)]
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`there is no ${mark} where the table belongs`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}
