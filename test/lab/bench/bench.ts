/**
 * `npm run bench`: measures the real daemon in the lab, and others beside it, prints a table and
 * writes all samples to bench-result.json. It ends with 1 where a limit is missed. A figure never
 * flatters: the clock starts before the fault is made and stops when the client is served, and a
 * run that isn't what it claims to be counts as failed.
 */
import '../enter-namespace.ts'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { readArguments, usage, type Wanted } from './arguments.ts'
import { runAtOnce } from './at-once.ts'
import { messageOf } from './blocks.ts'
import { allCases, patientCases } from './cases/cases.ts'
import { notesOn } from './result/notes.ts'
import { type CaseResult, failedCase, judge } from './result/row.ts'
import { renderRows, replaceBetweenMarks } from './result/table.ts'

const root = new URL('../../../', import.meta.url)

process.exitCode = await bench()

async function bench(): Promise<number> {
  const wanted = readArguments(process.argv.slice(2))
  if (typeof wanted === 'string') {
    process.stderr.write(`${wanted}\n${usage}`)
    return 2
  }
  const startedMs = performance.now()
  const machine = {
    at: new Date().toISOString(),
    kernel: release(),
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    loadBefore: loadavg()[0] ?? 0,
  }
  const results = await runCases(wanted)
  const rows = Object.values(results).flatMap((result) => result.rows)
  const { runs, fewRuns, restMs, lossMs, hiccups } = wanted.settings
  const tookMinutes = Math.ceil((performance.now() - startedMs) / 60_000)
  const text = renderRows(rows, notesOn(rows, { ...machine, tookMinutes }))
  const given = { runs, fewRuns, restMs, lossMs, hiccups, tookMinutes }
  const content = { ...machine, ...given, rows, cases: results }
  const file = wanted.resultFile ?? new URL('bench-result.json', root)
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
  if (wanted.resultFile === null) process.stdout.write(`\n${text}`)
  if (wanted.figures !== null) {
    const page = new URL('FIGURES.md', import.meta.url)
    writeFileSync(page, replaceBetweenMarks(readFileSync(page, 'utf8'), wanted.figures, text))
  }
  return rows.some((row) => judge(row) === 'missed') ? 1 : 0
}

async function runCases({
  names,
  settings,
  passedOn,
}: Wanted): Promise<Record<string, CaseResult>> {
  const isPatient = (name: string) => Object.hasOwn(patientCases, name)
  const results: Record<string, CaseResult> = {}
  const [patient, others] = [names.filter(isPatient), names.filter((name) => !isPatient(name))]
  for (const name of others) results[name] = await runCase(name, settings)
  const [only] = patient
  // One alone needs no process of its own: this one has nothing else to do any more.
  if (patient.length === 1 && only !== undefined) results[only] = await runCase(only, settings)
  else Object.assign(results, await runAtOnce(patient, { passedOn, progress: settings.progress }))
  return results
}

/** A case that can't be measured is a missed limit, and the others are measured all the same. */
async function runCase(name: string, settings: Wanted['settings']): Promise<CaseResult> {
  try {
    return (await allCases[name]?.(settings)) ?? { rows: [], runs: [] }
  } catch (error) {
    settings.progress(`${name}: ${messageOf(error)}`)
    return failedCase(name, messageOf(error))
  }
}
