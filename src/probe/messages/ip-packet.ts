/**
 * Whole IP packets as bytes, for what the kernel doesn't send for us: it would choose the way itself.
 * RFC 791, RFC 8200 and RFC 768. No I/O.
 */
import { internetChecksum } from './icmp-message.ts'

export interface PacketHead {
  readonly source: Buffer
  readonly destination: Buffer
  readonly protocol: number
  /** How many routers may pass it on, and one. */
  readonly ttl: number
}

export interface UdpPorts {
  readonly sourcePort: number
  readonly destinationPort: number
}

/** Of the family that the addresses have. */
export function encodePacket(head: PacketHead, payload: Buffer): Buffer {
  const { source, destination, protocol, ttl } = head
  if (source.length === 16) {
    const header = Buffer.alloc(8)
    header.writeUInt8(0x60, 0)
    header.writeUInt16BE(payload.length, 4)
    header.writeUInt8(protocol, 6)
    header.writeUInt8(ttl, 7)
    return Buffer.concat([header, source, destination, payload])
  }
  const header = Buffer.alloc(12)
  header.writeUInt8(0x45, 0)
  header.writeUInt16BE(20 + payload.length, 2)
  header.writeUInt16BE(dontFragment, 6)
  header.writeUInt8(ttl, 8)
  header.writeUInt8(protocol, 9)
  header.writeUInt16BE(internetChecksum(Buffer.concat([header, source, destination])), 10)
  return Buffer.concat([header, source, destination, payload])
}

/** With the checksum, which covers the addresses: it counts for them only. */
export function encodeUdp(
  { source, destination }: Pick<PacketHead, 'source' | 'destination'>,
  { sourcePort, destinationPort }: UdpPorts,
  payload: Buffer,
): Buffer {
  const message = Buffer.alloc(udpHeaderBytes + payload.length)
  message.writeUInt16BE(sourcePort, 0)
  message.writeUInt16BE(destinationPort, 2)
  message.writeUInt16BE(message.length, 4)
  payload.copy(message, udpHeaderBytes)
  const sum = checksumWithAddresses({ source, destination, protocol: protocols.udp }, message)
  // A zero would mean that there is none.
  message.writeUInt16BE(sum === 0 ? 0xffff : sum, 6)
  return message
}

/** Of UDP and ICMPv6, the message's own field being zero. */
export function checksumWithAddresses(
  { source, destination, protocol }: Omit<PacketHead, 'ttl'>,
  message: Buffer,
): number {
  const rest = Buffer.alloc(8)
  rest.writeUInt32BE(message.length, 0)
  rest.writeUInt32BE(protocol, 4)
  return internetChecksum(Buffer.concat([source, destination, rest, message]))
}

export interface Packet {
  readonly source: Buffer
  readonly destination: Buffer
  readonly protocol: number
  readonly ttl: number
  /** As long as its header says: a frame may be filled up behind it. */
  readonly whole: Buffer
  readonly payload: Buffer
}

/** null for what is cut, and for IPv6 with extension headers, which no answer to us has. */
export function decodePacket(bytes: Buffer): Packet | null {
  if (bytes.length < 20) return null
  if (bytes.readUInt8(0) >> 4 === 4) {
    const headerBytes = (bytes.readUInt8(0) & 0x0f) * 4
    const length = bytes.readUInt16BE(2)
    if (headerBytes < 20 || length < headerBytes || bytes.length < length) return null
    return {
      source: bytes.subarray(12, 16),
      destination: bytes.subarray(16, 20),
      protocol: bytes.readUInt8(9),
      ttl: bytes.readUInt8(8),
      whole: bytes.subarray(0, length),
      payload: bytes.subarray(headerBytes, length),
    }
  }
  if (bytes.length < 40 || bytes.readUInt8(0) >> 4 !== 6) return null
  const length = 40 + bytes.readUInt16BE(4)
  if (bytes.length < length) return null
  return {
    source: bytes.subarray(8, 24),
    destination: bytes.subarray(24, 40),
    protocol: bytes.readUInt8(6),
    ttl: bytes.readUInt8(7),
    whole: bytes.subarray(0, length),
    payload: bytes.subarray(40, length),
  }
}

export const protocols = { icmp: 1, udp: 17, icmpv6: 58 }

export const udpHeaderBytes = 8
const dontFragment = 0x4000
