import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerDns } from './dns-answer.ts'

const answers = { a: '203.0.113.1', aaaa: '2001:db8:f::1' }

const cases: readonly (readonly [what: string, query: string, data: string | null])[] = [
  ['A', ask('dns.google', 1, 1), 'cb007101'],
  ['AAAA', ask('dns.google', 28, 1), '20010db8000f00000000000000000001'],
  ['CHAOS TXT whoami', ask('WhoAmI.cloudflare', 16, 3), `0a${hex('100.64.2.2')}`],
  ['CHAOS TXT of another name', ask('version.bind', 16, 3), null],
  ['MX', ask('dns.google', 15, 1), null],
]

for (const [what, query, data] of cases) {
  test(`a question for ${what} gets ${data === null ? 'an empty answer' : data}`, () => {
    const answer = answerDns(Buffer.from(query, 'hex'), '100.64.2.2', answers)?.toString('hex')
    assert.ok(answer !== undefined)
    assert.equal(answer.slice(0, 8), '12348180', 'id, answer, recursion')
    assert.equal(answer.slice(12, 16), data === null ? '0000' : '0001')
    assert.equal(answer.slice(24, query.length), query.slice(24), 'the question comes back')
    if (data === null) assert.equal(answer.length, query.length)
    else assert.ok(answer.endsWith((data.length / 2).toString(16).padStart(4, '0') + data))
  })
}

test('what is no question gets no answer', () => {
  const question = ask('dns.google', 1, 1)
  const garbage = [
    '',
    '1234',
    question.slice(0, -2),
    `12348180${question.slice(8)}`,
    'ff'.repeat(40),
  ]
  for (const bytes of garbage) {
    assert.equal(answerDns(Buffer.from(bytes, 'hex'), '::1', answers), null, bytes)
  }
})

/** A query with id 1234 and "recursion desired", as hex. */
function ask(name: string, type: number, className: number): string {
  const labels = name.split('.').map((label) => number(label.length, 2) + hex(label))
  return `123401000001000000000000${labels.join('')}00${number(type, 4)}${number(className, 4)}`
}

function number(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}
