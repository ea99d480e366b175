/**
 * `npm run reliability`: what the daemon promises, tried under faults by the hundred, with other
 * random numbers each time. Ends with 1 where anything was not as promised.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Proof } from './prove.ts'
import { renderPage, rowOf, rowsIn, tableOf } from './reliability-page.ts'

interface Trial {
  readonly promise: string
  readonly folder: string
  readonly count: number
}

const trials: Readonly<Record<string, Trial>> = {
  'lock-out': {
    promise: 'With any valid options and routes, no neighbour is cut off from this host or another',
    folder: 'lock-out',
    count: 500,
  },
  kills: {
    promise: 'Killed at any moment, traffic goes on, the next start adopts, a stop cleans up',
    folder: 'kills',
    count: 200,
  },
  tools: {
    promise: 'Whatever a tool does, host and clients go on; once it is well, all is as decided',
    folder: 'tools',
    count: 200,
  },
  'tunnel-tools': {
    promise: 'Whatever a tool does, a tunnel that stands goes on; once it is well, it stands again',
    folder: 'tunnel-tools',
    count: 60,
  },
  'hostile-http': {
    promise:
      'Who may only ask or write to topics moves nothing, sees no secret, and costs no memory',
    folder: 'hostile-http',
    count: 10_000,
  },
  pair: {
    promise: 'Of two boxes one serves the house, and one alone, whatever befalls either',
    folder: 'pair',
    count: 360,
  },
  'power-cuts': {
    promise: 'Whenever the power is cut, the service comes back as planned, and forgets nothing',
    folder: 'power-cuts',
    count: 20,
  },
  'guest-cuts': {
    promise: 'The same on Debian’s own kernel, on a machine that is reset',
    folder: 'guest-cuts',
    count: 20,
  },
  'pair-load': {
    promise: 'However busy the machine is, no box takes over from one that is well',
    folder: 'pair-load',
    count: 30,
  },
  year: {
    promise: 'A year of history stays as small as a month of it, and is told as fast',
    folder: 'year',
    count: 365,
  },
  hostile: {
    promise: 'Nothing that comes from outside makes what reads it throw or grow',
    folder: 'hostile',
    count: 1_000_000,
  },
}

const usage = `npm run reliability -- [--only NAME]… [--share N] [--seed N] [--write]
  --only NAME  may be given several times: ${Object.keys(trials).join(', ')}
  --share N    a part of it alone, as 0.05: for a look
  --seed N     the same random numbers again
  --write      put the result into RELIABILITY.md, each trial's row as it ends; not of a part
`

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    share: { type: 'string', default: '1' },
    seed: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const names = values.only ?? Object.keys(trials)
const unknown = names.filter((name) => !Object.hasOwn(trials, name))
const share = Number(values.share)
if (values.help) process.stdout.write(usage)
else if (unknown.length > 0 || !(share > 0 && share <= 1) || (values.write && share < 1)) {
  process.stderr.write(usage)
  process.exitCode = 2
} else await tryAll()

async function tryAll(): Promise<void> {
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
  const rows: (readonly string[])[] = []
  for (const name of names) {
    const trial = trials[name]
    if (trial === undefined) continue
    process.stderr.write(`${name}, seed ${seed}\n`)
    const beganMs = performance.now()
    const { tried, wrong } = await run(trial, seed)
    if (wrong.length > 0) process.exitCode = 1
    const outcome = { tried, broken: wrong.length, tookMs: performance.now() - beganMs, seed }
    const row = rowOf(name, trial.promise, outcome, new Date().toISOString().slice(0, 10))
    rows.push(row)
    if (values.write) write(name, row)
  }
  process.stdout.write(`${tableOf(rows)}\n`)
}

function write(name: string, row: readonly string[]): void {
  const page = new URL('../../RELIABILITY.md', import.meta.url)
  const former = rowsIn(existsSync(page) ? readFileSync(page, 'utf8') : '')
  const promises = new Map(Object.entries(trials).map(([each, { promise }]) => [each, promise]))
  writeFileSync(page, renderPage(promises, new Map([...former, [name, row]])))
}

async function run({ folder, count }: Trial, seed: number): Promise<Proof> {
  const program = fileURLToPath(new URL(`${folder}/prove.ts`, import.meta.url))
  const words = [program, '--count', String(Math.ceil(share * count)), '--seed', String(seed)]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = (await text(child.stdout)).trimEnd().split('\n')
  try {
    return JSON.parse(lines.at(-1) ?? '')
  } catch {
    return { tried: 'it broke off', wrong: ['the trial ended without a result'], seed }
  }
}
