import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  maxQuestions,
  memoryMs,
  RecentQuestions,
} from '../../../src/probe/methods/recent-questions.ts'

test('a question is known for ten seconds and no longer', () => {
  const { recent, add } = questions()
  add(1, 'first', 0)
  assert.equal(recent.peek(1, memoryMs)?.name, 'first')
  assert.equal(recent.peek(1, memoryMs + 1), null)
  assert.deepEqual([...recent.all(memoryMs)].length, 1)
  assert.deepEqual([...recent.all(memoryMs + 1)], [])
})

test('the newest 4096 are known, and an old one makes room', () => {
  const { recent, add } = questions()
  for (let key = 0; key <= maxQuestions; key += 1) add(key, `question ${key}`, 5)
  assert.equal(recent.has(0), false)
  assert.equal(recent.peek(1, 5)?.name, 'question 1')
  assert.equal(recent.peek(maxQuestions, 5)?.name, `question ${maxQuestions}`)
  add(-1, 'later', 5 + memoryMs + 1)
  assert.equal(recent.has(1), false, 'what is too old is let go, not only hidden')
})

test('a number that is used again stands for its newest question', () => {
  const { recent, add } = questions()
  add(1, 'old', 0)
  add(2, 'other', 1500)
  add(1, 'new', 9000)
  add(3, 'last', 11_000)
  assert.equal(recent.peek(1, 11_000)?.name, 'new')
  assert.equal(recent.has(2), true)
})

test('a question that is forgotten unanswered is settled as silence, an answered one is not', () => {
  const { recent, add, silent } = questions(2)
  add(1, 'too much', 0)
  add(2, 'answered', 0)
  add(3, 'replaced', 0)
  recent.forget(2)
  add(3, 'too old', 0)
  assert.deepEqual(silent, ['too much', 'replaced'])
  add(4, 'late', memoryMs + 1)
  assert.deepEqual(silent, ['too much', 'replaced', 'too old'])
  recent.clear()
  assert.deepEqual(silent, ['too much', 'replaced', 'too old', 'late'])
})

function questions(most?: number) {
  const silent: string[] = []
  const recent = new RecentQuestions<number, Named>(most)
  const add = (key: number, name: string, sentMs: number): void =>
    recent.add(key, { name, sentMs, settle: () => silent.push(name) })
  return { recent, add, silent }
}

interface Named {
  readonly name: string
  readonly sentMs: number
  readonly settle: () => void
}
