/** A DNS server's one function, RFC 1035: the same address for every name, and who is asking. */
import { isIPv6 } from 'node:net'

const types = { a: 1, txt: 16, aaaa: 28 }
const classes = { internet: 1, chaos: 3 }
const headerBytes = 12
const lifetimeSeconds = 60

export interface DnsAnswers {
  readonly a: string
  readonly aaaa: string
  /** By name, IPv4 addresses of their own. */
  readonly others?: Readonly<Record<string, string>>
}

/**
 * The answer to a query of one question, null for what isn't one. `whoami.cloudflare` as CHAOS TXT
 * gets the asker's address, as Cloudflare's resolver does; other types get an empty answer.
 */
export function answerDns(query: Buffer, asker: string, answers: DnsAnswers): Buffer | null {
  if (query.length < headerBytes || (query.readUInt16BE(2) & 0x8000) !== 0) return null
  const question = readQuestion(query)
  if (question === null) return null
  const data = answerData(question, asker, answers)
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(query.readUInt16BE(0), 0)
  // An answer, recursion available, and "recursion desired" as it was asked.
  header.writeUInt16BE(0x8080 | (query.readUInt16BE(2) & 0x0100), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(data === null ? 0 : 1, 6)
  const asked = query.subarray(headerBytes, question.end)
  return Buffer.concat([header, asked, data === null ? Buffer.alloc(0) : record(question, data)])
}

interface Question {
  readonly name: string
  readonly type: number
  readonly class: number
  /** Offset of the first byte behind the question. */
  readonly end: number
}

function readQuestion(query: Buffer): Question | null {
  const labels: string[] = []
  let offset = headerBytes
  for (;;) {
    const length = query[offset]
    if (length === undefined || length > 63) return null
    offset += 1
    if (length === 0) break
    labels.push(query.toString('latin1', offset, offset + length))
    offset += length
  }
  if (offset + 4 > query.length) return null
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(offset),
    class: query.readUInt16BE(offset + 2),
    end: offset + 4,
  }
}

function answerData(question: Question, asker: string, answers: DnsAnswers): Buffer | null {
  if (question.class === classes.chaos && question.type === types.txt) {
    if (question.name !== 'whoami.cloudflare') return null
    return Buffer.concat([Buffer.from([asker.length]), Buffer.from(asker, 'latin1')])
  }
  if (question.class !== classes.internet) return null
  if (question.type === types.a) {
    return Buffer.from((answers.others?.[question.name] ?? answers.a).split('.').map(Number))
  }
  return question.type === types.aaaa ? ipv6Bytes(answers.aaaa) : null
}

function record(question: Question, data: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc000 | headerBytes, 0)
  head.writeUInt16BE(question.type, 2)
  head.writeUInt16BE(question.class, 4)
  head.writeUInt32BE(lifetimeSeconds, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function ipv6Bytes(address: string): Buffer {
  if (!isIPv6(address)) throw new Error(`not an IPv6 address: ${address}`)
  const [left = '', right] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [head, tail] = [groups(left), groups(right ?? '')]
  const all = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail]
  return Buffer.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  )
}
