import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { families } from '../../../src/model/address.ts'
import { decodeAnswer, encodeEchoRequest } from '../../../src/probe/messages/icmp-message.ts'

const payload = Buffer.from('cookie')

test('an IPv4 echo request carries its checksum, an IPv6 one leaves it to the kernel', () => {
  const numbers = { id: 0x1234, sequence: 0x0506 }
  const empty = Buffer.alloc(0)
  const encode = (family: 'ipv4' | 'ipv6', bytes: Buffer): string =>
    encodeEchoRequest({ family, ...numbers, payload: bytes }).toString('hex')
  assert.equal(encode('ipv4', empty), '0800e0c512340506')
  assert.equal(encode('ipv4', Buffer.of(0xff)), '0800e1c412340506ff')
  assert.equal(encode('ipv6', empty), '8000000012340506')
})

test('an echo reply is read from behind an IP header of any length', () => {
  for (const words of [5, 8]) {
    const packet = Buffer.concat([
      ipv4Header(words),
      Buffer.from('0000000012340506', 'hex'),
      payload,
    ])
    assert.deepEqual(decodeAnswer('ipv4', packet), {
      kind: 'reply',
      id: 0x1234,
      sequence: 0x0506,
      payload,
    })
  }
  assert.equal(decodeAnswer('ipv6', Buffer.from('8100000012340506', 'hex'))?.kind, 'reply')
})

test('an error tells its meaning and the numbers of the request that it quotes', () => {
  const request = encodeEchoRequest({ family: 'ipv4', id: 1, sequence: 2, payload })
  const quoted = Buffer.concat([ipv4Header(5), request])
  const error = (type: number, code: number, inner: Buffer): Buffer =>
    Buffer.concat([ipv4Header(5), Buffer.of(type, code, 0, 0, 0, 0, 0, 0), inner])
  assert.deepEqual(decodeAnswer('ipv4', error(3, 13, quoted)), {
    kind: 'error',
    meaning: 'forbidden by a firewall',
    id: 1,
    sequence: 2,
    checksum: request.readUInt16BE(2),
    source: Buffer.of(192, 168, 0, 3),
    destination: Buffer.of(1, 1, 1, 1),
    payload,
  })
  const shortest = decodeAnswer('ipv4', error(11, 0, quoted.subarray(0, 28)))
  assert.equal(shortest?.kind, 'error')
  const udp = Buffer.from(quoted)
  udp.writeUInt8(17, 9)
  assert.equal(decodeAnswer('ipv4', error(3, 1, udp)), null, 'an error about UDP is not ours')
  const reply = Buffer.from(quoted)
  reply.writeUInt8(0, 20)
  assert.equal(decodeAnswer('ipv4', error(3, 1, reply)), null, 'nor is one about a reply')
})

test('other ICMP, and our own request seen on loopback, are no answers', () => {
  const request = encodeEchoRequest({ family: 'ipv4', id: 1, sequence: 2, payload })
  assert.equal(decodeAnswer('ipv4', Buffer.concat([ipv4Header(5), request])), null)
  assert.equal(decodeAnswer('ipv6', Buffer.from('8800000012340506', 'hex')), null)
})

test('no bytes make the reader throw', () => {
  const firstBytes = fc.constantFrom(...[0x45, 0x4f, 0, 1, 3, 129])
  fc.assert(
    fc.property(firstBytes, fc.uint8Array({ maxLength: 120 }), (first, rest) => {
      for (const family of families) decodeAnswer(family, Buffer.concat([Buffer.of(first), rest]))
    }),
  )
})

/** From 192.168.0.3 to 1.1.1.1, protocol ICMP. */
function ipv4Header(words: number): Buffer {
  const header = Buffer.alloc(4 * words)
  header.writeUInt8(0x40 | words, 0)
  header.writeUInt8(1, 9)
  header.set([192, 168, 0, 3, 1, 1, 1, 1], 12)
  return header
}
