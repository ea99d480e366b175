/** The daemon beside others in the same house: a line each. Pure. */
import { figure, renderTable } from './render-table.ts'
import type { Column, Row } from './row.ts'
import { summarize } from './statistics.ts'

const columns: readonly (readonly [Column, string])[] = [
  ['new', 'new connection'],
  ['running', 'running stream'],
  ['bytes', 'probes an hour'],
  ['wrong', 'false failovers'],
]

/** Those with a limit to keep come first: they are ours. No lines at all where nobody is compared. */
export function renderPeers(rows: readonly Row[]): string[] {
  const compared = rows
    .filter(({ beside }) => beside !== undefined)
    .toSorted((a, b) => Number(a.limit === null) - Number(b.limit === null))
  const contenders = [...new Set(compared.map(({ beside }) => beside?.contender ?? ''))]
  if (contenders.length === 0) return []
  const cellOf = (contender: string, column: Column) =>
    cell(
      compared.find((row) => row.beside?.contender === contender && row.beside.column === column),
    )
  return renderTable(
    ['upstream silent', ...columns.map(([, title]) => title)],
    contenders.map((contender) => [
      contender,
      ...columns.map(([column]) => cellOf(contender, column)),
    ]),
  )
}

/** Median and worst where there are several; where there is none, why. */
function cell(row: Row | undefined): string {
  if (row === undefined) return ''
  const { samples, failures, unit, beside } = row
  const summary = summarize(samples)
  if (summary === null) return failures[0] === undefined ? '–' : `failed: ${oneLine(failures[0])}`
  const { count, median, worst } = summary
  const runs = failures.length === 0 ? `${count}` : `${count}, ${failures.length} failed`
  if (count > 1) return `${figure(median, unit)}, worst ${figure(worst, unit)} (${runs})`
  const within = beside?.within === undefined ? '' : ` in ${beside.within}`
  return `${figure(median, unit)}${within}`
}

function oneLine(text: string): string {
  return text.replace(/[\s|]+/g, ' ').slice(0, 80)
}
