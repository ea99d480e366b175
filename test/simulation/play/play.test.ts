import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Settings } from '../../../src/model/settings/settings.ts'
import { readArguments } from './arguments.ts'
import { playSeed } from './play-seed.ts'

const run = promisify(execFile)
const program = new URL('./play.ts', import.meta.url).pathname

const slow = (settings: Settings): Settings => ({
  ...settings,
  probe: { ...settings.probe, timeoutMs: 40_000 },
})

test('by default both kinds are played for a minute, each seed as long as suits it', () => {
  const wanted = readArguments([])
  assert.ok(typeof wanted !== 'string')
  const { kinds, seed, forMs, workers, lengthMs } = wanted
  assert.deepEqual(
    { kinds, seed, forMs, workers },
    { kinds: ['whole', 'turns'], seed: null, forMs: 60_000, workers: 1 },
  )
  assert.deepEqual(kinds.map(lengthMs), [20 * 60_000, 24 * 3_600_000])
})

test('one kind, one seed and its length may be asked for', () => {
  const wanted = readArguments(['--turns', '--seed', '7', '--hours', '0.5'])
  assert.ok(typeof wanted !== 'string')
  assert.deepEqual([wanted.kinds, wanted.seed, wanted.lengthMs('turns')], [['turns'], 7, 1_800_000])
})

for (const args of [
  ['--seed', 'x'],
  ['--seed', '1.5'],
  ['--hours', '0'],
  ['--workers', '0.5'],
  ['--sed'],
]) {
  test(`${args.join(' ')} is refused`, () => assert.equal(typeof readArguments(args), 'string'))
}

test('the length in the command that repeats a seed is that of the run, to the millisecond', () => {
  const [third] = [(20 * 60_000) / 3_600_000]
  const again = readArguments(['--hours', String(third)])
  assert.ok(typeof again !== 'string')
  assert.equal(again.lengthMs('whole'), 20 * 60_000)
})

test('a seed that breaks an invariant is told with the command that repeats it', async () => {
  const { failure, steps } = await playSeed(
    { kind: 'whole', seed: 2, lengthMs: 20 * 60_000 },
    { sabotage: { settings: slow }, shrinkMs: 0 },
  )
  assert.match(failure ?? '', /again with: npm run simulate -- --whole --seed 2 --hours 0\.33/)
  assert.match(failure ?? '', /what the daemon said last:\n/)
  assert.ok(steps > 0)
})

test('the command says how fast it was, and ends with 0 where all was well', async () => {
  const words = ['--turns', '--seed', '2', '--hours', '0.2']
  const { stdout } = await run(process.execPath, [program, ...words], { timeout: 60_000 })
  assert.match(
    stdout,
    /^turns: 1 seeds, 0\.2 virtual hours \(0\.0 days\) in \d+ s, \d+ steps, \d+ a second; 0 failed$/m,
  )
})

test('so many virtual days are played, each seed anew, and none more', async () => {
  const words = ['--turns', '--days', '0.02', '--hours', '0.1', '--workers', '2']
  const { stdout } = await run(process.execPath, [program, ...words], { timeout: 60_000 })
  assert.match(stdout, /^turns: 5 seeds, 0\.5 virtual hours /m)
  const seeds = /seeds: ([\d ]+)/.exec(stdout)?.[1]?.split(' ') ?? []
  assert.equal(new Set(seeds).size, 5)
})

test('wrong words end it with 2', async () => {
  await assert.rejects(run(process.execPath, [program, '--seed', 'none']), { code: 2 })
})
