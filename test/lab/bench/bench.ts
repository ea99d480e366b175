/**
 * `npm run bench`: measures the real daemon in the lab, prints a table and writes all samples to
 * bench-result.json. It ends with 1 where a limit is missed. A figure never flatters: the clock
 * starts before the fault is made and stops when the answer is back at the client, and a run that
 * isn't what it claims to be counts as failed.
 */
import '../enter-namespace.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'
import type { BenchSettings } from './bench-settings.ts'
import { messageOf } from './blocks.ts'
import { cases, onlyWhenAsked } from './cases/cases.ts'
import { notesOn } from './result/notes.ts'
import { type CaseResult, judge, type Row } from './result/row.ts'
import { renderRows, replaceBetweenMarks } from './result/table.ts'

const root = new URL('../../../', import.meta.url)
const usage = `npm run bench -- [--runs N] [--quick] [--minutes N] [--only CASE]… [--write-readme]
  --runs N        how often each case is repeated; default 20
  --quick         5 runs, 15 s of rest, 60 s of loss: for a look, not for a figure
  --minutes N     how long \`soak\` goes on; default 60. Only \`--only soak\` begins it
  --only CASE     ${Object.keys(cases).join(', ')}; may be given several times
  --write-readme  put the table into README.md
`

process.exitCode = await bench()

async function bench(): Promise<number> {
  const wanted = readArguments()
  if (wanted === null) {
    process.stderr.write(usage)
    return 2
  }
  const { settings, names } = wanted
  const machine = {
    at: new Date().toISOString(),
    kernel: release(),
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    loadBefore: loadavg()[0] ?? 0,
  }
  const results: Record<string, CaseResult> = {}
  for (const name of names) results[name] = await runCase(name, settings)
  const rows = Object.values(results).flatMap((result) => result.rows)
  const text = renderRows(rows, notesOn(rows, machine))
  const { runs, restMs, lossMs } = settings
  const content = { ...machine, runs, restMs, lossMs, rows, cases: results }
  writeFileSync(new URL('bench-result.json', root), `${JSON.stringify(content, null, 2)}\n`)
  if (wanted.writeReadme) {
    const readme = new URL('README.md', root)
    writeFileSync(readme, replaceBetweenMarks(readFileSync(readme, 'utf8'), text))
  }
  process.stdout.write(`\n${text}`)
  return rows.some((row) => judge(row) === 'missed') ? 1 : 0
}

/** A case that can't be measured is a missed limit, and the others are measured all the same. */
async function runCase(name: string, settings: BenchSettings): Promise<CaseResult> {
  try {
    return (await cases[name]?.(settings)) ?? { rows: [], runs: [] }
  } catch (error) {
    settings.progress(`${name}: ${messageOf(error)}`)
    const row: Row = {
      id: name,
      title: `${name}: could not be measured`,
      unit: 'ms',
      samples: [],
      failures: [messageOf(error)],
      limit: {},
    }
    return { rows: [row], runs: [] }
  }
}

interface Wanted {
  readonly settings: BenchSettings
  readonly names: readonly string[]
  readonly writeReadme: boolean
}

function readArguments(): Wanted | null {
  const values = parse()
  if (values === null) return null
  const { quick, only, 'write-readme': writeReadme } = values
  const runs = Number(values.runs ?? (quick ? 5 : 20))
  const names = only ?? Object.keys(cases).filter((name) => !onlyWhenAsked.includes(name))
  const minutes = Number(values.minutes ?? (quick ? 4 : 60))
  const fits = Number.isInteger(runs) && runs >= 1 && runs <= 1000 && minutes > 0
  if (!fits || names.some((name) => !Object.hasOwn(cases, name))) return null
  const settings = {
    runs,
    restMs: quick ? 15_000 : 60_000,
    lossMs: quick ? 60_000 : 600_000,
    soakMs: minutes * 60_000,
    progress: (line: string) => process.stderr.write(`${line}\n`),
  }
  return { settings, names, writeReadme }
}

function parse() {
  try {
    return parseArgs({
      options: {
        runs: { type: 'string' },
        minutes: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        'write-readme': { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    return null
  }
}
