import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ResolverRecord } from '../../src/health/resolver-record.ts'

const pace = { timeoutMs: 500, silentMs: 1_000 }

/** Lets time pass up to `untilMs`; `answers` says what comes of each question, 10 ms later. */
function play(answers: (askedMs: number) => boolean | null, untilMs: number) {
  const record = new ResolverRecord()
  const asked: number[] = []
  const states: string[] = []
  const due: { atMs: number; id: number; good: boolean }[] = []
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 10) {
    for (const one of due.splice(0).filter(({ atMs }) => atMs <= nowMs)) {
      record.take(one.id, one.good ? { kind: 'answered' } : refusal, nowMs)
    }
    record.judge(nowMs, pace)
    if (record.isDue(nowMs)) {
      const id = asked.push(nowMs)
      record.ask(id, nowMs)
      const good = answers(nowMs)
      if (good !== null) due.push({ atMs: nowMs + 10, id, good })
    }
    if (states.at(-1)?.split(' ')[0] !== record.state) states.push(`${record.state} ${nowMs}`)
  }
  return { record, asked, states }
}

const refusal = { kind: 'refused', reason: 'it answers SERVFAIL' } as const

describe('a resolver', () => {
  test('that answers is asked every 30 s', () => {
    const { asked, states } = play(() => true, 95_000)
    assert.deepEqual(asked, [0, 30_000, 60_000, 90_000])
    assert.deepEqual(states, ['unknown 0', 'up 10'])
  })

  test('is silent after two lost questions, and asked often then', () => {
    const { record, asked, states } = play((ms) => (ms < 30_000 ? true : null), 35_000)
    assert.deepEqual(states, ['unknown 0', 'up 10', 'down 31000'])
    assert.equal(record.trouble, 'it gives no answer')
    assert.deepEqual(asked.slice(0, 5), [0, 30_000, 30_500, 32_000, 33_500])
  })

  test('loses one question, and nothing follows from it', () => {
    const { states } = play((ms) => (ms === 30_000 ? null : true), 65_000)
    assert.deepEqual(states, ['unknown 0', 'up 10'])
  })

  test('is back with its first answer', () => {
    const { states } = play((ms) => (ms < 33_500 && ms > 0 ? null : true), 40_000)
    assert.deepEqual(states, ['unknown 0', 'up 10', 'down 31000', 'up 33510'])
  })

  test('that refuses is down for its own reason', () => {
    const { record, states } = play(() => false, 1_000)
    assert.deepEqual(states, ['unknown 0', 'down 20'])
    assert.equal(record.trouble, 'it answers SERVFAIL')
  })

  test('is not believed what it was asked before things changed; a late answer counts else', () => {
    const record = new ResolverRecord()
    record.ask(1, 0)
    record.askAnew(100)
    record.take(1, { kind: 'answered' }, 150)
    assert.equal(record.state, 'unknown')
    assert.ok(record.isDue(150))
    record.ask(2, 150)
    record.judge(700, pace)
    record.ask(3, 700)
    record.take(2, { kind: 'answered' }, 710)
    assert.equal(record.state, 'up')
  })
})
