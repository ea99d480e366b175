import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ProbeStream } from '../../../src/health/probing/probe-stream.ts'
import { Suspicion } from '../../../src/health/verdict/suspicion.ts'

const patience = { hiccupMs: 610, usualMs: 660, muteMs: 660 }

/** Its first three rounds have gone unanswered. */
function silentSince(sinceMs: number): { suspicion: Suspicion; stream: ProbeStream } {
  const stream = new ProbeStream('icmp', { family: 'ipv4', targets: ['1.1.1.1'] }, 0)
  const start = { sinceMs, streams: [stream], downAfter: 3, patience, nowMs: sinceMs + 100 }
  const suspicion = new Suspicion(start)
  for (const id of [1, 2, 3]) {
    suspicion.beginRound(sinceMs + 50 * id)
    suspicion.sent(id, stream)
    suspicion.overdue(id, sinceMs + 50 * id + 100)
  }
  return { suspicion, stream }
}

describe('a suspicion', () => {
  test('asks right after the longest hiccup, whatever its pace, and then quickly', () => {
    const { suspicion } = silentSince(0)
    suspicion.beginRound(580)
    assert.equal(suspicion.nextRoundAtMs, 610)
    suspicion.beginRound(610)
    assert.equal(suspicion.nextRoundAtMs, 625)
    assert.equal(suspicion.verdict(659), 'open')
    assert.equal(suspicion.verdict(660), 'silent')
  })

  test('is open until somebody was asked after the longest hiccup, and had the time to answer', () => {
    const { suspicion, stream } = silentSince(0)
    suspicion.beginRound(580)
    assert.equal(suspicion.verdict(690), 'open')
    assert.equal(suspicion.nextAtMs(), 610)
    suspicion.beginRound(690)
    suspicion.sent(9, stream)
    assert.equal(suspicion.verdict(739), 'open')
    assert.equal(suspicion.verdict(740), 'silent')
  })

  test('counts anew from what others have sent, and asks again after that', () => {
    const { suspicion } = silentSince(0)
    suspicion.beginRound(610)
    suspicion.heard(620)
    assert.equal(suspicion.verdict(700), 'open')
    suspicion.beginRound(1_230)
    assert.equal(suspicion.verdict(1_279), 'open')
    assert.equal(suspicion.verdict(1_280), 'silent')
  })
})
