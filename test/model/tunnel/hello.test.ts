import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cookieInput,
  helloByte,
  helloInsidePort,
  helloLength,
  helloLifeMs,
  readHelloAnswer,
  readHelloQuestion,
  writeHelloAnswer,
  writeHelloQuestion,
} from '../../../src/model/tunnel/hello.ts'

const token = 0xdead_beef
const cookie = Uint8Array.from({ length: 16 }, (_, i) => i + 1)

test('a question is 40 bytes that WireGuard never sends, and the token comes back', () => {
  const question = writeHelloQuestion(token)
  assert.equal(question.length, helloLength)
  assert.equal(question[0], helloByte)
  assert.equal(readHelloQuestion(question), token)
  assert.equal(readHelloAnswer(question), null)
})

test('an answer is as long as the question, and says what the server saw', () => {
  for (const address of ['198.51.100.7', '2001:db8::7']) {
    const answer = { address, port: 40_001, cookie, token }
    const bytes = writeHelloAnswer(answer)
    assert.equal(bytes.length, helloLength)
    assert.deepEqual(readHelloAnswer(bytes), answer)
    assert.equal(readHelloQuestion(bytes), null)
  }
})

test('the bytes are those of version 1', () => {
  const bytes = writeHelloAnswer({ address: '198.51.100.7', port: 0x1234, cookie, token })
  const hex = Buffer.from(bytes).toString('hex')
  const mapped = '00000000000000000000ffffc6336407'
  assert.equal(hex, `ff01${mapped}12340102030405060708090a0b0c0d0e0f10deadbeef`)
  assert.deepEqual([helloInsidePort, helloLifeMs], [51_819, 30_000])
})

test('what is shorter, longer or of another version is no hello', () => {
  const question = writeHelloQuestion(token)
  const answer = writeHelloAnswer({ address: '198.51.100.7', port: 9, cookie, token })
  const other = Uint8Array.from(answer)
  other[1] = 2
  for (const bytes of [new Uint8Array(0), question.subarray(1), new Uint8Array(41), other]) {
    assert.equal(readHelloQuestion(bytes), null)
    assert.equal(readHelloAnswer(bytes), null)
  }
})

test('a cookie is for one address, one port and one minute', () => {
  const origin = { address: '198.51.100.7', port: 9 }
  const inputs = [
    cookieInput(origin, 5),
    cookieInput({ ...origin, port: 10 }, 5),
    cookieInput({ ...origin, address: '198.51.100.8' }, 5),
    cookieInput(origin, 6),
  ].map((bytes) => Buffer.from(bytes).toString('hex'))
  assert.equal(inputs[0], '00000000000000000000ffffc6336407000900000005')
  assert.equal(new Set(inputs).size, inputs.length)
})
