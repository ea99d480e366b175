import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Family } from '../../../src/model/address.ts'
import { type EchoQuestion, provesQuestion } from '../../../src/probe/messages/echo-proof.ts'
import {
  encodeEchoRequest,
  type IcmpAnswer,
  internetChecksum,
} from '../../../src/probe/messages/icmp-message.ts'

const payload = Buffer.alloc(56)
payload.write('sixteen secret!!')
const nothing = Buffer.alloc(0)
const router = Buffer.of(10, 0, 0, 1)

function ask(family: Family, bytes: Buffer): EchoQuestion {
  const target = family === 'ipv4' ? Buffer.of(1, 1, 1, 1) : Buffer.alloc(16, 0x26)
  const message = encodeEchoRequest({ family, id: 0x1234, sequence: 0x5678, payload: bytes })
  return { family, target, message }
}

const own = { ipv4: Buffer.of(192, 168, 0, 3), ipv6: Buffer.alloc(16, 0xfd) } as const

/** As a router quotes it, with so many bytes behind the ICMP header. */
function errorAbout(question: EchoQuestion, quotedBytes: number): IcmpAnswer & { kind: 'error' } {
  const { family, message, target } = question
  const source = own[family]
  const head = Buffer.of(0, 0, 0, message.length, 0, 0, 0, 58)
  const checksum =
    family === 'ipv4'
      ? message.readUInt16BE(2)
      : internetChecksum(Buffer.concat([source, target, head, message]))
  return {
    ...{ kind: 'error', meaning: 'host unreachable', id: 0x1234, sequence: 0x5678, checksum },
    ...{ source, destination: target, payload: message.subarray(8, 8 + quotedBytes) },
  }
}

const reply = (bytes: Buffer): IcmpAnswer => ({
  ...{ kind: 'reply', id: 0x1234, sequence: 0x5678, payload: bytes },
})

for (const family of ['ipv4', 'ipv6'] as const) {
  test(`an ${family} error proves our question by the eight bytes that it must quote`, () => {
    for (const bytes of [payload, nothing]) {
      const question = ask(family, bytes)
      for (const quoted of [0, 8, 56]) {
        const error = errorAbout(question, quoted)
        assert.ok(provesQuestion(question, error, router))
        const guess = { ...error, checksum: error.checksum ^ 0x0100 }
        assert.ok(!provesQuestion(question, guess, router), 'another checksum')
        const other = Buffer.alloc(question.target.length, 9)
        assert.ok(!provesQuestion(question, { ...error, destination: other }, router))
      }
    }
  })
}

test('what an error quotes beyond the header is ours, or cut before our secret ends', () => {
  const question = ask('ipv4', payload)
  const error = errorAbout(question, 56)
  assert.ok(!provesQuestion(question, { ...error, payload: Buffer.alloc(56) }, router))
  assert.ok(provesQuestion(question, { ...error, payload: Buffer.alloc(8) }, router))
  const filledUp = { ...errorAbout(ask('ipv4', nothing), 0), payload: Buffer.alloc(100) }
  assert.ok(provesQuestion(ask('ipv4', nothing), filledUp, router))
})

test('a reply proves our question by what it repeats and by whom it comes from', () => {
  const question = ask('ipv4', payload)
  assert.ok(provesQuestion(question, reply(payload), question.target))
  assert.ok(!provesQuestion(question, reply(payload), router))
  assert.ok(!provesQuestion(question, reply(nothing), question.target))
  const small = ask('ipv4', nothing)
  assert.ok(provesQuestion(small, reply(nothing), small.target))
  assert.ok(!provesQuestion(small, reply(payload), small.target))
})

test('no guess of the checksum or the payload proves anything', () => {
  const question = ask('ipv4', payload)
  const error = errorAbout(question, 0)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.uint8Array({ minLength: 16, maxLength: 56 }),
      (checksum, guess) => {
        fc.pre(checksum !== error.checksum)
        const bytes = Buffer.from(guess)
        assert.ok(!provesQuestion(question, { ...error, checksum }, router))
        assert.ok(!provesQuestion(question, { ...error, payload: bytes }, router))
        assert.ok(!provesQuestion(question, reply(bytes), question.target))
      },
    ),
  )
})
