/**
 * RELIABILITY.md: one row for each trial, with the day and the seed of its last whole run. All of them
 * take longer than an evening, so that each may be written by itself. Pure.
 */
import { renderTable } from '../lab/bench/result/render-table.ts'

export interface Outcome {
  /** What was tried, in words. */
  readonly tried: string
  readonly broken: number
  readonly tookMs: number
  readonly seed: number
}

/** The cells of one row, by the trial's name, as they stand in the page. */
export type Rows = ReadonlyMap<string, readonly string[]>

const head = ['trial', 'promise', 'tried', 'broken', 'took', 'seed', 'on'] as const

/** @param day as 2026-01-31 */
export function rowOf(
  name: string,
  promise: string,
  { tried, broken, tookMs, seed }: Outcome,
  day: string,
): readonly string[] {
  const took = `${(tookMs / 60_000).toFixed(1)} min`
  return [name, promise, tried, String(broken), took, String(seed), day]
}

export function tableOf(rows: readonly (readonly string[])[]): string {
  return renderTable(head, rows).join('\n')
}

/** Rows of a page that another version wrote with other columns are left out. */
export function rowsIn(page: string): Rows {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter((cells) => cells.length === head.length && !/^(trial|-+)$/.test(cells[0] ?? ''))
  return new Map(rows.map((cells) => [cells[0] ?? '', cells]))
}

/** @param promises of every trial, by its name, in the page's order */
export function renderPage(promises: ReadonlyMap<string, string>, rows: Rows): string {
  const body = [...promises].map(([name, promise]) => {
    const [, , ...results] = rows.get(name) ?? [name, promise, 'not yet', '', '', '', '']
    return [name, promise, ...results]
  })
  return `# Reliability

What the daemon promises, tried under faults by the hundred on a real kernel in network namespaces, with other random
numbers each time. \`npm run reliability -- --write\` tries it all and writes this page; with \`--only NAME\` it writes one
row anew, and with \`--seed N\` it plays that run again. Which traffic goes where in which state, and the test that keeps
it so, is in [ARCHITECTURE.md](ARCHITECTURE.md#promises); who can do what, in [SECURITY.md](SECURITY.md).

${tableOf(body)}
`
}
