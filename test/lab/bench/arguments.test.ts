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
  const { names, figures, settings } = readAll()
  assert.deepEqual(names, [...Object.keys(cases), ...Object.keys(patientCases)])
  assert.equal(figures, null)
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

test('each table of FIGURES.md is written by a run of all its cases', () => {
  const figuresOf = (...args: readonly string[]) => {
    const wanted = read('--write-figures', ...args)
    return 'wrong' in wanted ? wanted.wrong : wanted.figures
  }
  assert.equal(figuresOf(), 'bench')
  assert.equal(figuresOf('--only=pair'), 'bench-pair')
  assert.match(figuresOf('--only=pair', '--only=tunnel') ?? '', /needs all cases/)
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
