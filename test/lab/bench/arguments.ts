import { parseArgs } from 'node:util'
import type { BenchSettings } from './bench-settings.ts'
import { messageOf } from './blocks.ts'
import { allCases, cases, patientCases } from './cases/cases.ts'

/** The tables that FIGURES.md has: of everything, and of a case that runs by its name alone. */
export type FiguresOf = 'bench' | `bench-${string}`

export interface Wanted {
  readonly settings: BenchSettings
  readonly names: readonly string[]
  /** Whose table in FIGURES.md is written anew; null: none. */
  readonly figures: FiguresOf | null
  /** null: bench-result.json, and the table on the terminal. */
  readonly resultFile: string | null
  /** The arguments that a process for a part of the cases needs too. */
  readonly passedOn: readonly string[]
}

export const usage = `npm run bench -- [--runs N] [--minutes N] [--hiccups N] [--quick] [--only CASE]… [--write-figures]
  --runs N        how often each case is repeated; default 20
  --minutes N     how long the lines lose packets, for each who is compared; default 10. For \`soak\`,
                  how long the lines fail; default 60
  --hiccups N     how many short silences running flows have to outlive; default 200
  --quick         5 runs, 15 s of rest, 1 minute of loss, 10 hiccups: for a look, not for a figure
  --only CASE     may be given several times. In this order by default:
                  ${Object.keys(cases).join(', ')};
                  then all at once: ${Object.keys(patientCases).join(', ')}.
                  Only by name: ${further().join(', ')}
  --write-figures  put the tables into FIGURES.md; a run of everything may, and one of a single
                  case that runs only by name
`

/** A text says what is wrong. */
export function readArguments(args: readonly string[]): Wanted | string {
  try {
    return read(args)
  } catch (error) {
    return messageOf(error)
  }
}

function read(args: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      minutes: { type: 'string' },
      hiccups: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      'write-figures': { type: 'boolean', default: false },
      'result-file': { type: 'string' },
    },
  })
  const { quick, only } = values
  const runs = count('runs', values.runs, quick ? 5 : 20)
  const minutes = count('minutes', values.minutes, quick ? 1 : 10)
  const soakMinutes = count('minutes', values.minutes, quick ? 4 : 60)
  const hiccups = count('hiccups', values.hiccups, quick ? 10 : 200)
  const names = only ?? [...Object.keys(cases), ...Object.keys(patientCases)]
  const unknown = names.filter((name) => !Object.hasOwn(allCases, name))
  if (unknown.length > 0) throw new Error(`there is no case ${unknown.join()}`)
  return {
    settings: {
      runs,
      fewRuns: Math.ceil(runs / 2),
      slowRuns: Math.min(3, runs),
      restMs: quick ? 15_000 : 60_000,
      lossMs: minutes * 60_000,
      soakMs: soakMinutes * 60_000,
      hiccups,
      progress: (line: string) => process.stderr.write(`${line}\n`),
    },
    names,
    figures: values['write-figures'] ? figuresOf(only) : null,
    resultFile: values['result-file'] ?? null,
    passedOn: [
      ...[`--runs=${runs}`, `--minutes=${minutes}`, `--hiccups=${hiccups}`],
      ...(quick ? ['--quick'] : []),
    ],
  }
}

function count(name: string, text: string | undefined, byDefault: number): number {
  const value = Number(text ?? byDefault)
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value
  throw new Error(`--${name} is a whole number from 1 to 1000`)
}

/** Throws for a part of a table: the other rows would stay away, and nobody would know. */
function figuresOf(only: readonly string[] | undefined): FiguresOf {
  const [name, ...others] = only ?? []
  if (name === undefined) return 'bench'
  if (others.length === 0 && further().includes(name)) return `bench-${name}`
  throw new Error('--write-figures needs all cases, or a single one that runs only by name')
}

function further(): string[] {
  return Object.keys(allCases).filter(
    (name) => !Object.hasOwn(cases, name) && !Object.hasOwn(patientCases, name),
  )
}
