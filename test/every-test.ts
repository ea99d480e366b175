/**
 * Runs every `*.test.ts`, in three lanes side by side. Files that enter a namespace of their own
 * mostly wait for packets and timers: several at once, each in its own process. Of these some hold
 * a time against a bar; they come first wherever the processor is scarce, and the others, which
 * only wait until something comes, step back for them. The last lane only computes: in one process
 * together, for starting one each takes longer than most of their tests. It steps back too.
 * With `--slowest` it says at the end which files took longest.
 */
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism, constants, setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

/** More of those with a bar at once, and packets come late. */
const punctualPerCore = 1.5
const patientPerCore = 2
const mostFiles = 12
/** The longest ones first, so that none is left alone at the end. `--slowest` says which they are. */
const longest = [
  'test/scenario/lines/forged-answers.test.ts',
  'test/scenario/lines/real-checks.test.ts',
  'test/scenario/commands/looking-commands.test.ts',
  'test/scenario/host/grades.test.ts',
  'test/scenario/host/vpns-beside.test.ts',
  'test/scenario/traffic/metering.test.ts',
  'test/scenario/lines/sidestep.test.ts',
  'test/scenario/traffic/flows/',
  'test/scenario/traffic/failback-by-policy.test.ts',
  'test/scenario/lines/',
  'test/scenario/host/',
  'test/scenario/',
]
const namespace = new URL('lab/enter-namespace.ts', import.meta.url)
const stepBack = new URL('lab/step-back.ts', import.meta.url)
/** A time and its bar on one line, what a late machine is allowed, or tests of another file that do so. */
const heldAgainstBar = /assert\.ok\(.*(Ms|\bms|gaps).*<=? |machine-lag\.ts|test-flows-in\.ts/

const files = globSync('test/**/*.test.ts').sort()
const labs = files.filter((file) => isIn(file, /enter-namespace\.ts/))
const punctual = labs.filter((file) => isIn(file, heldAgainstBar))
const patient = labs.filter((file) => !punctual.includes(file))
const computing = testComputing(files.filter((file) => !labs.includes(file)))
const kept: string[] = []
const waiting = testLabs(patient, {
  ...{ first: [stepBack], perCore: patientPerCore },
  print: (text) => kept.push(text),
})
const lanes = [
  await testLabs(punctual, {
    ...{ first: [], perCore: punctualPerCore },
    print: (text) => process.stdout.write(text),
  }),
  await waiting,
]
const { output, code } = await computing
process.stdout.write([...kept, output].join(''))
if (process.argv.includes('--slowest')) process.stdout.write(slowest(lanes))
process.exitCode = lanes.some(({ failed }) => failed) || code !== 0 ? 1 : 0

function isIn(file: string, pattern: RegExp): boolean {
  return pattern.test(readFileSync(file, 'utf8'))
}

function rank(file: string): number {
  const place = longest.findIndex((start) => file.startsWith(start))
  return place === -1 ? longest.length : place
}

interface How {
  /** Imported before the namespace is entered. */
  readonly first: readonly URL[]
  readonly perCore: number
  readonly print: (text: string) => void
}

interface Lane {
  readonly failed: boolean
  readonly durations: ReadonlyMap<string, number>
}

async function testLabs(wanted: readonly string[], { first, perCore, print }: How): Promise<Lane> {
  const inOrder = wanted.toSorted((a, b) => rank(a) - rank(b))
  const concurrency = Math.min(mostFiles, Math.ceil(perCore * availableParallelism()))
  // Entered before the file's imports are loaded, which the outer process has no use for.
  const execArgv = [...first, namespace].flatMap(({ href }) => ['--import', href])
  const results = run({ files: inOrder, concurrency, execArgv })
  let failed = false
  const durations = new Map<string, number>()
  results.on('test:fail', ({ todo, skip }) => {
    failed ||= todo === undefined && skip === undefined
  })
  results.on('test:summary', ({ file, duration_ms }) => {
    if (file !== undefined) durations.set(file, duration_ms)
  })
  for await (const chunk of results.compose(new spec())) print(String(chunk))
  return { failed, durations }
}

function slowest(all: readonly Lane[]): string {
  const durations = all.flatMap((lane) => [...lane.durations])
  const longestFirst = durations.sort(([, a], [, b]) => b - a).slice(0, 20)
  const lines = longestFirst.map(
    ([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}\n`,
  )
  return lines.join('')
}

/** What it prints is kept until the other lanes are done, or all would be told in one jumble. */
async function testComputing(
  together: readonly string[],
): Promise<{ readonly output: string; readonly code: number | null }> {
  const words = ['--test', '--test-isolation=none', '--test-reporter=spec', ...together]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [output, code] = await Promise.all([text(child.stdout), ended])
  return { output, code }
}
