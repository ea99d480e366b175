/**
 * DNS questions as bytes, and answers as values; RFC 1035. No I/O. One question with one answer
 * section is all that a probe needs, which is less than any DNS package.
 */

export type DnsType = 'A' | 'TXT' | 'AAAA' | 'PTR'
export type DnsClass = 'IN' | 'CHAOS'

export interface DnsQuestion {
  readonly name: string
  readonly type: DnsType
  readonly class: DnsClass
}

export interface DnsResponse {
  readonly id: number
  /**
   * Whether it repeats the name letter by letter. The letters' case is chosen at random, so it
   * proves that its sender has seen the question; some servers change the case.
   */
  readonly sameLetters: boolean
  /** As `NOERROR`, `SERVFAIL`. */
  readonly code: string
  /** Records of the asked type, as text: addresses for A and AAAA, strings for TXT, names for PTR. */
  readonly records: readonly string[]
}

/** The name with its letters in capitals where a random bit is set: draft-vixie-dnsext-dns0x20. */
export function mixLetters(name: string, randomBits: Buffer): string {
  return name.replace(/[a-z]/gi, (letter, at: number) => {
    const byte = randomBits[(at >> 3) % randomBits.length] ?? 0
    return (byte >> (at & 7)) & 1 ? letter.toUpperCase() : letter.toLowerCase()
  })
}

/** Throws where the name isn't one (a label of 1 to 63 bytes, 253 in all). */
export function encodeQuestion(id: number, question: DnsQuestion): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(recursionDesired, 2)
  header.writeUInt16BE(1, 4)
  return Buffer.concat([header, encodeQuestionSection(question)])
}

/** null where it isn't a response to this very question: RFC 5452, 9.1. */
export function decodeResponse(message: Buffer, question: DnsQuestion): DnsResponse | null {
  const section = encodeQuestionSection(question)
  const end = headerBytes + section.length
  if (message.length < end || message.readUInt16BE(4) !== 1) return null
  const flags = message.readUInt16BE(2)
  if ((flags & isResponse) === 0) return null
  // Names are compared without regard to case; the four bytes of type and class have none.
  const repeated = message.subarray(headerBytes, end)
  const sameLetters = repeated.equals(section)
  if (!sameLetters && folded(repeated) !== folded(section)) return null
  const code = flags & 0x0f
  return {
    id: message.readUInt16BE(0),
    sameLetters,
    code: responseCodes[code] ?? `response code ${code}`,
    records: readRecords(message, end, question),
  }
}

function folded(section: Buffer): string {
  return section.toString('latin1').toLowerCase()
}

function encodeQuestionSection(question: DnsQuestion): Buffer {
  const labels = question.name.replace(/\.$/, '').split('.')
  const parts = labels.map((label) => {
    const bytes = Buffer.from(label, 'latin1')
    if (bytes.length < 1 || bytes.length > 63) throw new Error(`no DNS name: ${question.name}`)
    return Buffer.concat([Buffer.of(bytes.length), bytes])
  })
  const tail = Buffer.alloc(5)
  tail.writeUInt16BE(typeNumbers[question.type], 1)
  tail.writeUInt16BE(classNumbers[question.class], 3)
  const section = Buffer.concat([...parts, tail])
  if (section.length - 4 > 255) throw new Error(`no DNS name: ${question.name}`)
  return section
}

/** Reads as many records as the message really holds; a cut or lying one ends the list. */
function readRecords(message: Buffer, start: number, question: DnsQuestion): string[] {
  const records: string[] = []
  let at = start
  for (let left = Math.min(message.readUInt16BE(6), maxRecords); left > 0; left -= 1) {
    const fixed = skipName(message, at)
    if (fixed === null || fixed + 10 > message.length) break
    const data = message.subarray(fixed + 10, fixed + 10 + message.readUInt16BE(fixed + 8))
    if (data.length < message.readUInt16BE(fixed + 8)) break
    if (message.readUInt16BE(fixed) === typeNumbers[question.type]) {
      const text = readData(question.type, data, { message, at: fixed + 10 })
      if (text !== null) records.push(text)
    }
    at = fixed + 10 + data.length
  }
  return records
}

function skipName(message: Buffer, start: number): number | null {
  let at = start
  while (at < message.length) {
    const length = message.readUInt8(at)
    if (length === 0) return at + 1
    if (length >= compressed) return at + 2
    at += 1 + length
  }
  return null
}

interface Place {
  readonly message: Buffer
  readonly at: number
}

/** Labels by points, in UTF-8 as RFC 6762 has them; null where it never ends. */
function readName({ message, at: start }: Place): string | null {
  const labels: string[] = []
  let at = start
  // A name that leads in circles ends here too.
  for (let steps = 0; steps < maxLabels && at < message.length; steps += 1) {
    const length = message.readUInt8(at)
    if (length === 0) return labels.join('.')
    if (length >= compressed) {
      if (at + 2 > message.length) return null
      at = message.readUInt16BE(at) & 0x3fff
    } else {
      labels.push(message.toString('utf8', at + 1, at + 1 + length))
      at += 1 + length
    }
  }
  return null
}

/** `place` is where the data stands: a name in it may go on elsewhere. */
function readData(type: DnsType, data: Buffer, place: Place): string | null {
  switch (type) {
    case 'A':
      return data.length === 4 ? [...data].join('.') : null
    case 'AAAA': {
      if (data.length !== 16) return null
      return Array.from({ length: 8 }, (_, i) => data.readUInt16BE(2 * i).toString(16)).join(':')
    }
    case 'TXT': {
      if (data.length < 1) return null
      return data.subarray(1, 1 + data.readUInt8(0)).toString('latin1')
    }
    case 'PTR':
      return readName(place)
    default:
      return type satisfies never
  }
}

const headerBytes = 12
const recursionDesired = 0x0100
const isResponse = 0x8000
const compressed = 0xc0
const maxRecords = 32
/** 255 bytes hold 127 labels, RFC 1035. */
const maxLabels = 128
const typeNumbers: Readonly<Record<DnsType, number>> = { A: 1, PTR: 12, TXT: 16, AAAA: 28 }
const classNumbers: Readonly<Record<DnsClass, number>> = { IN: 1, CHAOS: 3 }
const responseCodes: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
}
