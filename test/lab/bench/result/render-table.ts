/** Cells as a Markdown table that reads well on a terminal too. Pure. */
import type { Row } from './row.ts'

export function renderTable(
  head: readonly string[],
  body: readonly (readonly string[])[],
): string[] {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...body.map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)]
}

export function figure(value: number, unit: Row['unit']): string {
  switch (unit) {
    case 'ms':
      return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
    case '%':
      return `${value.toFixed(2)} %`
    case 'MB':
      return `${value.toFixed(1)} MB`
    case 'kB':
      return `${Math.round(value)} kB`
    case 'count':
      return String(value)
  }
}
