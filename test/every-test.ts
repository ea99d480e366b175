/**
 * Runs every `*.test.ts` but `*.long.test.ts`, and with `--long` those alone: what takes longest, and
 * is tried once by a shorter one of its kind. They run in two lanes side by side. Files that enter a
 * namespace of their own mostly wait for packets and timers: several at once, each in its own process.
 * All others only compute: in one process together, for starting one each takes longer than most of
 * their tests. That one steps back for the first lane, whose packets are due at a time. A lab's file
 * that fails beside others is tried once more with the machine to itself, and both results are
 * printed: what is broken fails again, and what was only late doesn't. With `--slowest` it says at
 * the end which files took longest.
 */
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism, constants, setPriority } from 'node:os'
import { text } from 'node:stream/consumers'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

/** More at once would be faster, and packets would come late: then tests fail that are about time. */
const filesPerCore = 2
const mostFiles = 12
/** Where more have failed it isn't the machine. */
const mostLate = 3
/** The longest ones first, so that none is left alone at the end. `--slowest` says which they are. */
const longest = [
  'test/scenario/lines/real-checks',
  'test/scenario/host/vpns-beside.long',
  'test/scenario/tunnel/',
  'test/scenario/traffic/flows/',
  'test/scenario/host/wireguard',
  'test/scenario/lines/every-fault',
  'test/scenario/lines/failover',
  'test/scenario/traffic/metering',
  'test/scenario/host/grades.long',
  'test/scenario/host/options-trial',
  'test/scenario/commands/looking-commands',
  'test/scenario/pair/who-serves',
  'test/reliability/tools/',
  'test/server/lab/both',
  'test/network/explain',
  'test/network/neighbours',
  'test/scenario/',
]
const namespace = new URL('lab/enter-namespace.ts', import.meta.url)

const isLong = process.argv.includes('--long')
const all = globSync('test/**/*.test.ts').sort()
const files = all.filter((file) => file.endsWith('.long.test.ts') === isLong)
const labs = files.filter(entersNamespace)
const computing = testComputing(files.filter((file) => !labs.includes(file)))
const inOrder = labs.toSorted((a, b) => rank(a) - rank(b))
const atOnce = Math.min(mostFiles, Math.ceil(filesPerCore * availableParallelism()))
const { failed, durations } = await testLabs(inOrder, atOnce)
const { output, code } = await computing
process.stdout.write(output)
const broken = failed.length > mostLate ? failed : await testAlone(failed)
if (process.argv.includes('--slowest')) process.stdout.write(slowest(durations))
process.exitCode = broken.length > 0 || code !== 0 ? 1 : 0

/** Those that fail again. */
async function testAlone(late: readonly string[]): Promise<readonly string[]> {
  if (late.length === 0) return []
  process.stdout.write(`\nOnce more, with the machine to themselves:\n${late.join('\n')}\n\n`)
  const { failed: still } = await testLabs(late, 1)
  return still
}

function entersNamespace(file: string): boolean {
  return readFileSync(file, 'utf8').includes('enter-namespace.ts')
}

function rank(file: string): number {
  const place = longest.findIndex((start) => file.startsWith(start))
  return place === -1 ? longest.length : place
}

interface Tested {
  readonly failed: readonly string[]
  readonly durations: ReadonlyMap<string, number>
}

async function testLabs(wanted: readonly string[], concurrency: number): Promise<Tested> {
  // Entered before the file's imports are loaded, which the outer process has no use for. Whoever
  // fails leaves a house behind, which would keep the file from ending.
  const execArgv = ['--test-force-exit', '--import', namespace.href]
  const results = run({ files: [...wanted], concurrency, execArgv })
  const failed = new Set<string>()
  const durations = new Map<string, number>()
  results.on('test:fail', ({ file, name, todo, skip }) => {
    if (todo === undefined && skip === undefined) failed.add(file ?? name)
  })
  results.on('test:summary', ({ file, duration_ms }) => {
    if (file !== undefined) durations.set(file, duration_ms)
  })
  for await (const chunk of results.compose(new spec())) process.stdout.write(chunk)
  return { failed: [...failed], durations }
}

function slowest(durations: ReadonlyMap<string, number>): string {
  const longestFirst = [...durations].sort(([, a], [, b]) => b - a).slice(0, 20)
  const lines = longestFirst.map(
    ([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}\n`,
  )
  return lines.join('')
}
/** What it prints is kept until the other lane is done, or both would be told in one jumble. */
async function testComputing(
  together: readonly string[],
): Promise<{ readonly output: string; readonly code: number | null }> {
  const words = [
    '--test',
    '--test-isolation=none',
    '--test-force-exit',
    '--test-reporter=spec',
    ...together,
  ]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [output, code] = await Promise.all([text(child.stdout), ended])
  return { output, code }
}
