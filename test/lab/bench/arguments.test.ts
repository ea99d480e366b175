import '../enter-namespace.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from './arguments.ts'
import { cases, patientCases } from './cases/cases.ts'

function read(...args: readonly string[]) {
  const wanted = readArguments(args)
  return typeof wanted === 'string' ? { wrong: wanted } : wanted
}

test('by default everything runs, what waits for minutes last', () => {
  const { names, writeFigures, settings } = readAll()
  assert.deepEqual(names, [...Object.keys(cases), ...Object.keys(patientCases)])
  assert.equal(writeFigures, false)
  assert.deepEqual(
    { ...settings, progress: undefined },
    {
      ...{ runs: 20, fewRuns: 10, slowRuns: 3, hiccups: 200 },
      ...{ restMs: 60_000, lossMs: 600_000, soakMs: 3_600_000, progress: undefined },
    },
  )
})

function readAll() {
  const wanted = readArguments([])
  if (typeof wanted === 'string') throw new Error(wanted)
  return wanted
}

test('what is said of a run is passed on to the processes of its parts', () => {
  const wanted = read('--runs=7', '--minutes=60', '--quick')
  assert.ok('passedOn' in wanted)
  assert.deepEqual(wanted.passedOn, ['--runs=7', '--minutes=60', '--hiccups=10', '--quick'])
})

const refused: readonly (readonly [readonly string[], RegExp])[] = [
  [['--runs', '0'], /--runs is a whole number from 1/],
  [['--minutes', 'many'], /--minutes is a whole number/],
  [['--only', 'silence'], /no case silence/],
  [['--only', 'silent', '--write-figures'], /--write-figures needs all cases/],
  [['--fast'], /Unknown option/],
]

for (const [args, reason] of refused) {
  test(`${args.join(' ')} is refused`, () => {
    const wanted = read(...args)
    assert.ok('wrong' in wanted)
    assert.match(wanted.wrong, reason)
  })
}
