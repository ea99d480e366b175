import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  OptionsJudge,
  patienceMs,
  proofMs,
  type Sight,
  trialMs,
  type Verdict,
} from '../../../src/commands/options-trial/options-judge.ts'

type Seen = Readonly<Record<string, readonly Sight[]>>

const well: Seen = { gateway: ['answers'], lan: ['answers', 'answers'] }

/** A look each second while it is like this; the first verdict, and after how long. */
function watch(
  judge: OptionsJudge,
  seen: Seen,
  { fromMs, forMs }: { fromMs: number; forMs: number },
) {
  for (let nowMs = fromMs; nowMs <= fromMs + forMs; nowMs += 1_000) {
    const verdict = judge.take(new Map(Object.entries(seen)), nowMs)
    if (verdict !== null) return { verdict, nowMs }
  }
  return null
}

describe('new options', () => {
  const cases: readonly (readonly [string, Seen, Verdict])[] = [
    ['pass where nobody is lost', well, { kind: 'passed' }],
    ['pass where nobody was reached before', {}, { kind: 'passed' }],
    [
      'cost what is there and no longer answers',
      { ...well, gateway: ['silent'] },
      { kind: 'costly', lost: ['gateway'] },
    ],
    [
      'cost a network whose other devices have left by themselves',
      { ...well, lan: ['gone', 'silent'] },
      { kind: 'costly', lost: ['lan'] },
    ],
    [
      'cost nothing where a device of many sleeps',
      { ...well, lan: ['silent', 'answers'] },
      { kind: 'passed' },
    ],
    [
      'cost nothing where everybody has left by themselves',
      { gateway: ['gone'], lan: ['gone', 'gone'] },
      { kind: 'passed' },
    ],
  ]
  for (const [name, seen, expected] of cases) {
    test(name, () => {
      const found = watch(new OptionsJudge(0), seen, { fromMs: 0, forMs: 60_000 })
      assert.deepEqual(found?.verdict, expected)
      const atMs = expected.kind === 'passed' ? trialMs : patienceMs
      assert.equal(found?.nowMs, atMs)
    })
  }

  test('are not taken back for what comes back in time, however often', () => {
    const judge = new OptionsJudge(0)
    const lost = { ...well, gateway: ['silent'] } as const
    for (let fromMs = 0; fromMs < trialMs; fromMs += patienceMs) {
      const forMs = patienceMs - 2_000
      assert.equal(watch(judge, lost, { fromMs, forMs }), null)
      watch(judge, well, { fromMs: fromMs + patienceMs - 1_000, forMs: 0 })
    }
  })

  test('are taken back for what is lost at the end of their trial', () => {
    const judge = new OptionsJudge(0)
    assert.equal(watch(judge, well, { fromMs: 0, forMs: trialMs - 1_000 }), null)
    const lost = { ...well, lan: ['silent'] } as const
    const found = watch(judge, lost, { fromMs: trialMs, forMs: 60_000 })
    assert.deepEqual(found, {
      verdict: { kind: 'costly', lost: ['lan'] },
      nowMs: trialMs + patienceMs,
    })
  })
})

describe('options that were taken back', () => {
  const lost: Seen = { gateway: ['answers'], lan: ['silent', 'gone'] }

  function takenBack(): OptionsJudge {
    const judge = new OptionsJudge(0)
    assert.equal(watch(judge, lost, { fromMs: 0, forMs: 60_000 })?.verdict.kind, 'costly')
    judge.begins(patienceMs)
    return judge
  }

  test('have cost it where the earlier ones bring it back', () => {
    const seen = { ...lost, lan: ['answers', 'gone'] } as const
    const found = watch(takenBack(), seen, { fromMs: patienceMs, forMs: 1_000 })
    assert.deepEqual(found?.verdict, { kind: 'proven' })
  })

  test('are innocent where the earlier ones do not bring it back either', () => {
    const found = watch(takenBack(), lost, { fromMs: patienceMs, forMs: 60_000 })
    assert.deepEqual(found, {
      verdict: { kind: 'innocent', lost: ['lan'] },
      nowMs: patienceMs + proofMs,
    })
  })
})
