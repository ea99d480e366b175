import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf } from '../../../src/model/address-bytes.ts'
import { OpenQuestions } from '../../../src/probe/lines/open-questions.ts'
import { encodeQuestion } from '../../../src/probe/messages/dns-message.ts'
import { encodeEchoRequest } from '../../../src/probe/messages/icmp-message.ts'
import { encodePacket } from '../../../src/probe/messages/ip-packet.ts'

const own = bytesOf('192.168.0.3')
const target = bytesOf('1.1.1.1')
const router = bytesOf('192.168.0.2')
const mac = '02:00:00:00:00:02'
const id = 4711
const payload = Buffer.from('sixteen random bytes and more')
const message = encodeEchoRequest({ family: 'ipv4', id, sequence: 7, payload })
const sent = encodePacket({ source: own, destination: target, protocol: 1, ttl: 1 }, message)

function asked(waitMs = 5_000) {
  const open = new OpenQuestions()
  const question = { family: 'ipv4', target, message } as const
  return { open, answer: open.addEcho({ question, sequence: 7, waitMs }) }
}

/** An ICMP error or a redirect about what we sent; `quoted` may be changed. */
function about(
  type: number,
  code: number,
  { rest = Buffer.alloc(4), quoted = sent }: { rest?: Buffer; quoted?: Buffer } = {},
) {
  const content = Buffer.concat([Buffer.of(type, code, 0, 0), rest, quoted])
  return heardFrom(router, content)
}

function heardFrom(from: Buffer, content: Buffer) {
  const packet = encodePacket({ source: from, destination: own, protocol: 1, ttl: 64 }, content)
  return { kind: 'icmp', family: 'ipv4', mac, from, isNear: false, packet } as const
}

function take(open: OpenQuestions, heard: ReturnType<typeof heardFrom>, ours = id): void {
  open.takeIcmp(heard, { id: ours, receivedMs: performance.now() })
}

const errors: readonly [number, number, string][] = [
  [11, 0, 'expired'],
  [3, 0, 'refused'],
  [3, 1, 'refused'],
  [3, 13, 'forbidden'],
]
for (const [type, code, kind] of errors) {
  test(`type ${type}, code ${code} says that it was ${kind}, and who says so`, async () => {
    const { open, answer } = asked()
    take(open, about(type, code))
    const heard = await answer
    assert.deepEqual([heard.kind, heard.by, heard.mac], [kind, '192.168.0.2', mac])
  })
}

test('a redirect is remembered, and the answer still awaited', async () => {
  const { open, answer } = asked()
  take(open, about(5, 1, { rest: bytesOf('192.168.0.1') }))
  const reply = Buffer.from(message)
  reply.writeUInt8(0, 0)
  take(open, heardFrom(target, reply))
  const heard = await answer
  assert.deepEqual([heard.kind, heard.redirectsTo], ['reply', '192.168.0.1'])
  assert.ok(heard.latencyMs >= 0)
})

test('a redirect alone is silence that knows the way', async () => {
  const { open, answer } = asked(20)
  take(open, about(5, 1, { rest: bytesOf('192.168.0.1') }))
  const heard = await answer
  assert.deepEqual([heard.kind, heard.redirectsTo], ['silence', '192.168.0.1'])
})

test('what proves nothing is no answer: another id, another payload, another target', async () => {
  const { open, answer } = asked(20)
  take(open, about(11, 0), id + 1)
  const other = Buffer.from(sent)
  other.writeUInt8(0xff, sent.length - payload.length)
  take(open, about(11, 0, { quoted: other }))
  const elsewhere = Buffer.from(sent)
  bytesOf('8.8.8.8').copy(elsewhere, 16)
  take(open, about(11, 0, { quoted: elsewhere }))
  const reply = Buffer.from(message)
  reply.writeUInt8(0, 0)
  take(open, heardFrom(router, reply))
  assert.equal((await answer).kind, 'silence')
})

test('a name is answered by the server that was asked, and by nobody else', async () => {
  const open = new OpenQuestions()
  const question = { name: 'dns.google', type: 'A', class: 'IN' } as const
  const answer = open.addDns({ id: 99, server: target, question, waitMs: 5_000 })
  const response = encodeQuestion(99, question)
  response.writeUInt16BE(0x8180, 2)
  const udp = { kind: 'udp', mac, port: 53, toPort: 40_000, payload: response } as const
  open.takeDns({ ...udp, from: router }, performance.now())
  open.takeDns({ ...udp, from: target, payload: Buffer.of(0) }, performance.now())
  open.takeDns({ ...udp, from: target }, performance.now())
  assert.deepEqual([(await answer)?.response.code, (await answer)?.mac], ['NOERROR', mac])
})

test('at the end every question is silence', async () => {
  const { open, answer } = asked()
  const question = { name: 'dns.google', type: 'A', class: 'IN' } as const
  const name = open.addDns({ id: 1, server: target, question, waitMs: 5_000 })
  open.endAll()
  assert.deepEqual([(await answer).kind, await name], ['silence', null])
})
