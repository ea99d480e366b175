import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type DnsQuestion,
  decodeResponse,
  encodeQuestion,
  mixLetters,
} from '../../../src/probe/messages/dns-message.ts'

const question: DnsQuestion = { name: 'dns.google', type: 'A', class: 'IN' }
const ask = '1234 0100 0001 0000 0000 0000 03646e73 06676f6f676c65 00 0001 0001'
const header = (flags: string, answers: string): string => `1234 ${flags} 0001 ${answers} 0000 0000`
const section = '03646e73 06676f6f676c65 00 0001 0001'
const record = 'c00c 0001 0001 0000012c 0004 08080808'

test('a question is encoded as RFC 1035 has it, with or without the final dot', () => {
  for (const name of ['dns.google', 'dns.google.']) {
    assert.equal(encodeQuestion(0x1234, { ...question, name }).toString('hex'), bare(ask))
  }
})

const responses: readonly [string, string, unknown][] = [
  [
    'an address',
    `${header('8180', '0001')} ${section} ${record}`,
    { id: 0x1234, sameLetters: true, code: 'NOERROR', records: ['8.8.8.8'] },
  ],
  [
    'an alias before the address',
    `${header('8180', '0002')} ${section} c00c 0005 0001 0000012c 0002 c010 ${record}`,
    { id: 0x1234, sameLetters: true, code: 'NOERROR', records: ['8.8.8.8'] },
  ],
  [
    'a name that does not exist',
    `${header('8183', '0000')} ${section}`,
    { id: 0x1234, sameLetters: true, code: 'NXDOMAIN', records: [] },
  ],
  [
    'the question in capitals',
    `${header('8182', '0000')} 03444e53 06476f6f676c65 00 0001 0001`,
    { id: 0x1234, sameLetters: false, code: 'SERVFAIL', records: [] },
  ],
  [
    'a record cut short',
    `${header('8180', '0001')} ${section} c00c 0001 0001 0000012c 0004 0808`,
    { id: 0x1234, sameLetters: true, code: 'NOERROR', records: [] },
  ],
  ['another question', `${header('8180', '0000')} 03646e74 06676f6f676c65 00 0001 0001`, null],
  ['another type', `${header('8180', '0000')} 03646e73 06676f6f676c65 00 001c 0001`, null],
  ['a question, no response', ask, null],
  ['no question', '1234 8181 0000 0000 0000 0000', null],
]
for (const [what, hex, expected] of responses) {
  test(`reading a response with ${what}`, () => {
    assert.deepEqual(decodeResponse(Buffer.from(bare(hex), 'hex'), question), expected)
  })
}

test('a TXT record is read as its first string', () => {
  const whoami = { name: 'whoami.cloudflare', type: 'TXT', class: 'CHAOS' } as const
  const message = Buffer.concat([
    encodeQuestion(7, whoami),
    Buffer.from(bare('c00c 0010 0003 00000000 000a 09'), 'hex'),
    Buffer.from('192.0.2.1'),
  ])
  message.writeUInt16BE(0x8180, 2)
  message.writeUInt16BE(1, 6)
  assert.deepEqual(decodeResponse(message, whoami)?.records, ['192.0.2.1'])
})

test('a PTR record is read as a name, wherever that goes on; one without end is none', () => {
  const asked: DnsQuestion = { name: '50.0.168.192.in-addr.arpa', type: 'PTR', class: 'IN' }
  const encoded = encodeQuestion(0x1234, asked)
  const answer = (data: string): Buffer => {
    const bytes = Buffer.from(bare(data), 'hex')
    const fixed = Buffer.from(
      bare(`c00c 000c 0001 0000000a 00${bytes.length.toString(16).padStart(2, '0')}`),
      'hex',
    )
    const head = Buffer.from(bare('1234 8400 0001 0001 0000 0000'), 'hex')
    return Buffer.concat([head, encoded.subarray(12), fixed, bytes])
  }
  const namesIn = (data: string) => decodeResponse(answer(data), asked)?.records
  assert.deepEqual(namesIn('02 7476 05 6c6f63616c 00'), ['tv.local'])
  assert.deepEqual(namesIn('03 54c3a9 05 6c6f63616c 00'), ['Té.local'])
  assert.deepEqual(namesIn('02 7476 c021'), ['tv.arpa'])
  const itself = `c0${(encoded.length + 12).toString(16)}`
  assert.deepEqual(namesIn(itself), [])
  assert.deepEqual(namesIn('c0ff'), [])
  assert.deepEqual(namesIn('3f 7476'), [])
})

test('a name that no DNS message can hold is an error', () => {
  for (const name of ['', 'a..b', `${'a'.repeat(64)}.example`, 'abcdefg.'.repeat(40)]) {
    assert.throws(() => encodeQuestion(1, { ...question, name }), /no DNS name/)
  }
})

test('no bytes behind a right question make the reader throw', () => {
  const start = Buffer.from(bare(`${header('8180', 'ffff')} ${section}`), 'hex')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const response = decodeResponse(Buffer.concat([start, bytes]), question)
      assert.equal(response?.code, 'NOERROR')
    }),
  )
})

test('mixed letters are the same name, each letter by a bit of its own', () => {
  assert.equal(mixLetters('dns.google', Buffer.of(0, 0)), 'dns.google')
  assert.equal(mixLetters('DNS.google', Buffer.of(0b11110101, 0b10)), 'DnS.GOOGlE')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 2 }), (bits) => {
      const name = mixLetters(question.name, Buffer.from(bits))
      const answer = encodeQuestion(0x1234, { ...question, name })
      answer.writeUInt16BE(0x8180, 2)
      assert.equal(decodeResponse(answer, { ...question, name })?.sameLetters, true)
      const plain = decodeResponse(answer, question)
      assert.equal(plain?.sameLetters, name === question.name)
    }),
  )
})

function bare(hex: string): string {
  return hex.replaceAll(' ', '')
}
