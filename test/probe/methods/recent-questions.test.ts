import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  maxQuestions,
  memoryMs,
  RecentQuestions,
} from '../../../src/probe/methods/recent-questions.ts'

test('a question is known for ten seconds and no longer', () => {
  const recent = new RecentQuestions<number, string>()
  recent.add(1, 'first', 0)
  assert.equal(recent.peek(1, memoryMs), 'first')
  assert.equal(recent.peek(1, memoryMs + 1), null)
})

test('the newest 4096 are known, and an old one makes room', () => {
  const recent = new RecentQuestions<number, string>()
  for (let key = 0; key <= maxQuestions; key += 1) recent.add(key, `question ${key}`, 5)
  assert.equal(recent.has(0), false)
  assert.equal(recent.peek(1, 5), 'question 1')
  assert.equal(recent.peek(maxQuestions, 5), `question ${maxQuestions}`)
  recent.add(-1, 'later', 5 + memoryMs + 1)
  assert.equal(recent.has(1), false, 'what is too old is let go, not only hidden')
})

test('a number that is used again stands for its newest question', () => {
  const recent = new RecentQuestions<number, string>()
  recent.add(1, 'old', 0)
  recent.add(2, 'other', 1500)
  recent.add(1, 'new', 9000)
  recent.add(3, 'last', 11_000)
  assert.equal(recent.peek(1, 11_000), 'new')
  assert.equal(recent.has(2), true)
})
