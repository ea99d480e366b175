/**
 * `npm run reliability`: what the daemon promises, tried under faults by the hundred, with other
 * random numbers each time. Ends with 1 where anything was not as promised.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { renderTable } from '../lab/bench/result/render-table.ts'
import type { Proof } from './prove.ts'

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
  --write      put the table into RELIABILITY.md; only a whole run may
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
const isWhole = values.only === undefined && share === 1
if (values.help) process.stdout.write(usage)
else if (unknown.length > 0 || !(share > 0 && share <= 1) || (values.write && !isWhole)) {
  process.stderr.write(usage)
  process.exitCode = 2
} else await tryAll()

async function tryAll(): Promise<void> {
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
  const rows: string[][] = []
  for (const name of names) {
    const trial = trials[name]
    if (trial === undefined) continue
    process.stderr.write(`${name}, seed ${seed}\n`)
    const beganMs = performance.now()
    const { tried, wrong } = await run(trial, seed)
    if (wrong.length > 0) process.exitCode = 1
    const minutes = ((performance.now() - beganMs) / 60_000).toFixed(1)
    rows.push([name, trial.promise, tried, String(wrong.length), `${minutes} min`])
  }
  const table = renderTable(['trial', 'promise', 'tried', 'broken', 'took'], rows).join('\n')
  process.stdout.write(`${table}\nseed ${seed}\n`)
  if (values.write) writeFileSync(new URL('../../RELIABILITY.md', import.meta.url), page(table))
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

function page(table: string): string {
  return `# Reliability

What the daemon promises, tried under faults by the hundred on a real kernel in network namespaces, with other random
numbers each time. \`npm run reliability -- --write\` tries it all and writes this page; \`--seed N\` plays one run again.
Which traffic goes where in which state, and the test that keeps it so, is in
[ARCHITECTURE.md](ARCHITECTURE.md#promises); who can do what, in [SECURITY.md](SECURITY.md).

${table}
`
}
