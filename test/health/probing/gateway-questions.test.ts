import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayQuestions } from '../../../src/health/probing/gateway-questions.ts'
import { ProbeStream } from '../../../src/health/probing/probe-stream.ts'
import { Suspicion } from '../../../src/health/verdict/suspicion.ts'

const answered = (id: number) => ({ id, wan: 0, outcome: { kind: 'answered', rttMs: 1 } as const })
const asked = { family: 'ipv4', targets: ['1.1.1.1'] } as const
const limits = { downAfter: 3, patience: { hiccupMs: 610, usualMs: 660, muteMs: 660 } } as const
const suspicionAt = (nowMs: number) => {
  const streams = [new ProbeStream('icmp', asked, nowMs)]
  return new Suspicion({ sinceMs: nowMs, streams, nowMs, ...limits })
}

/** A gateway that has shown that it answers. */
function speaking(): GatewayQuestions {
  const questions = new GatewayQuestions()
  questions.asked(1, 0)
  assert.equal(questions.take(answered(1), 1), true)
  return questions
}

/** Asks whenever a question is due; returns when. */
function askedWithin(questions: GatewayQuestions, fromMs: number, toMs: number): number[] {
  const suspicion = suspicionAt(fromMs)
  const times: number[] = []
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 1) {
    questions.judge(nowMs)
    if (!questions.isDue(suspicion, nowMs)) continue
    questions.asked(nowMs + 10, nowMs)
    times.push(nowMs)
  }
  return times
}

test('a gateway that spoke once is not asked again without a suspicion', () => {
  const questions = speaking()
  assert.equal(questions.isDue(null, 100_000), false)
  assert.equal(questions.nextMs(null, 100_000), Number.POSITIVE_INFINITY)
})

test('three silences of 220 ms, asked every 60 ms, make it silent', () => {
  const questions = speaking()
  questions.begin(1_000)
  assert.deepEqual(askedWithin(questions, 1_000, 1_340), [1_000, 1_060, 1_120, 1_180, 1_240, 1_300])
  assert.equal(questions.silent, false)
  questions.judge(1_340)
  assert.equal(questions.silent, true)
})

test('one answer makes it speak', () => {
  const questions = speaking()
  questions.begin(1_000)
  askedWithin(questions, 1_000, 1_300)
  questions.take(answered(1_250), 1_301)
  questions.judge(1_340)
  assert.equal(questions.silent, false)
  assert.equal(questions.answeredSince(1_000), true)
})

test('questions of the suspicion before do not count for the present one', () => {
  const questions = speaking()
  questions.begin(1_000)
  askedWithin(questions, 1_000, 1_200)
  questions.begin(1_200)
  questions.judge(1_500)
  assert.equal(questions.silent, false)
})

test('on a new path its silence is no evidence until it has answered there', () => {
  const questions = speaking()
  questions.restart()
  questions.begin(1_000)
  askedWithin(questions, 1_000, 9_000)
  assert.equal(questions.silent, false)
})
