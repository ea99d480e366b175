import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHelloQuestion, writeHelloQuestion } from '../../../src/model/tunnel/hello.ts'
import {
  proofInput,
  proofOf,
  readProvenQuestion,
  withProof,
  writeProvenQuestion,
} from '../../../src/model/tunnel/hello-proof.ts'

const asked = { house: 0xdeadbeef, askedAtMs: 1_796_000_000_123, token: 0x01020304 }

test('a question says again whose it is, when it was asked, and its token', () => {
  assert.deepEqual(readProvenQuestion(writeProvenQuestion(asked)), asked)
  assert.equal(
    Buffer.from(writeProvenQuestion(asked)).toString('hex'),
    `ff01deadbeef01a229f1287b${'00'.repeat(24)}01020304`,
  )
})

test('the proof covers every byte but its own', () => {
  const question = writeProvenQuestion(asked)
  const proven = withProof(question, new Uint8Array(32).fill(7))
  assert.deepEqual(proofOf(proven), new Uint8Array(16).fill(7))
  assert.deepEqual(proofInput(proven), question)
  assert.deepEqual(readProvenQuestion(proven), asked)
})

test('what is no such question is none', () => {
  const question = writeProvenQuestion(asked)
  for (const [why, bytes] of [
    ['it is too short', question.subarray(0, 39)],
    ['it is too long', Buffer.concat([question, Buffer.alloc(1)])],
    ['another first byte', Uint8Array.from(question).fill(4, 0, 1)],
    ['another version', Uint8Array.from(question).fill(2, 1, 2)],
    ['something where nothing is', Uint8Array.from(question).fill(1, 13, 14)],
  ] as const) {
    assert.equal(readProvenQuestion(bytes), null, why)
  }
})

test('a plain question is no proven one, nor the other way round', () => {
  assert.equal(readHelloQuestion(writeProvenQuestion(asked)), null)
  assert.equal(readProvenQuestion(writeHelloQuestion(1))?.house, 0)
})
