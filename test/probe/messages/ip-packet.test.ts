import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf } from '../../../src/model/address-bytes.ts'
import { internetChecksum } from '../../../src/probe/messages/icmp-message.ts'
import {
  checksumWithAddresses,
  decodePacket,
  encodePacket,
  encodeUdp,
} from '../../../src/probe/messages/ip-packet.ts'

const ipv4 = { source: bytesOf('192.168.0.3'), destination: bytesOf('1.1.1.1') }
const ipv6 = { source: bytesOf('2001:db8::3'), destination: bytesOf('2001:db8::1') }

for (const [name, ends] of Object.entries({ ipv4, ipv6 })) {
  test(`an ${name} packet is read as it was written, whatever fills up the frame behind it`, () => {
    const payload = Buffer.from('hello')
    const bytes = encodePacket({ ...ends, protocol: 17, ttl: 3 }, payload)
    const packet = decodePacket(Buffer.concat([bytes, Buffer.alloc(20)]))
    assert.deepEqual(packet, { ...ends, protocol: 17, ttl: 3, whole: bytes, payload })
  })

  test(`the checksum of UDP over ${name} covers the addresses`, () => {
    const ports = { sourcePort: 40_000, destinationPort: 53 }
    const message = encodeUdp(ends, ports, Buffer.from('odd'))
    assert.equal(message.readUInt16BE(4), 11)
    // Of a message with its right checksum the sum is zero.
    assert.equal(checksumWithAddresses({ ...ends, protocol: 17 }, message), 0)
    const elsewhere = { ...ends, destination: ends.source }
    assert.notEqual(checksumWithAddresses({ ...elsewhere, protocol: 17 }, message), 0)
  })
}

test('the header of IPv4 has its own checksum', () => {
  const bytes = encodePacket({ ...ipv4, protocol: 1, ttl: 64 }, Buffer.alloc(8))
  assert.equal(internetChecksum(bytes.subarray(0, 20)), 0)
})

const whole = encodePacket({ ...ipv4, protocol: 1, ttl: 64 }, Buffer.alloc(8))
const wrong: readonly [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['a cut header', whole.subarray(0, 19)],
  ['a cut packet', whole.subarray(0, 27)],
  ['a header longer than the packet', Buffer.concat([Buffer.of(0x4f), whole.subarray(1)])],
  ['another version', Buffer.concat([Buffer.of(0x55), whole.subarray(1)])],
  [
    'a cut packet of IPv6',
    encodePacket({ ...ipv6, protocol: 58, ttl: 1 }, Buffer.alloc(8)).subarray(0, 47),
  ],
]
for (const [name, bytes] of wrong) {
  test(`${name} is no packet`, () => assert.equal(decodePacket(bytes), null))
}
