/** Echo requests as bytes, and what came back as values; RFC 792 and RFC 4443. No I/O. */
import type { Family } from '../../model/address.ts'

/** Letting only these in keeps the machine's other ICMP away from the event loop. */
export const answerTypes: Readonly<Record<Family, readonly number[]>> = {
  ipv4: [0, 3, 11],
  ipv6: [129, 1, 3],
}

export interface EchoRequest {
  readonly family: Family
  readonly id: number
  readonly sequence: number
  /** Follows the header; empty for the smallest probe. */
  readonly payload: Buffer
}

/** The checksum of ICMPv6 covers the addresses, so the kernel fills it in (RFC 3542, 3.1). */
export function encodeEchoRequest({ family, id, sequence, payload }: EchoRequest): Buffer {
  const message = Buffer.alloc(headerBytes + payload.length)
  message.writeUInt8(requestType[family], 0)
  message.writeUInt16BE(id, 4)
  message.writeUInt16BE(sequence, 6)
  payload.copy(message, headerBytes)
  if (family === 'ipv4') message.writeUInt16BE(internetChecksum(message), 2)
  return message
}

export type IcmpAnswer =
  | {
      readonly kind: 'reply'
      readonly id: number
      readonly sequence: number
      readonly payload: Buffer
    }
  | {
      readonly kind: 'error'
      /** As `network unreachable`. */
      readonly meaning: string
      readonly id: number
      readonly sequence: number
      /** As our packet had it on its way. */
      readonly checksum: number
      /** Of the packet that the error quotes. */
      readonly source: Buffer
      readonly destination: Buffer
      /** As much of it as was quoted; eight bytes behind the IP header are all that must be. */
      readonly payload: Buffer
    }

/**
 * Reads what a raw socket received: with its IP header for IPv4, without it for IPv6. null for
 * everything that isn't an echo reply or an error about an echo request.
 */
export function decodeAnswer(family: Family, packet: Buffer): IcmpAnswer | null {
  const message = family === 'ipv4' ? behindIpv4Header(packet) : packet
  if (message === null || message.length < headerBytes) return null
  const type = message.readUInt8(0)
  if (type === replyType[family]) {
    return { kind: 'reply', ...numbersOf(message), payload: message.subarray(headerBytes) }
  }
  const meaning = meaningOf(family, type, message.readUInt8(1))
  if (meaning === null) return null
  const quoted = decodeQuoted(family, message.subarray(headerBytes))
  return quoted === null ? null : { kind: 'error', meaning, ...quoted }
}

function decodeQuoted(family: Family, packet: Buffer) {
  const isIpv4 = family === 'ipv4'
  // An IPv6 echo request of ours has no extension headers: its ICMPv6 header is the first one.
  const message = isIpv4 ? behindIpv4Header(packet) : packet.subarray(ipv6HeaderBytes)
  if (message === null || message.length < headerBytes) return null
  if (packet.readUInt8(isIpv4 ? 9 : 6) !== (isIpv4 ? 1 : 58)) return null
  if (message.readUInt8(0) !== requestType[family]) return null
  const [source, length] = isIpv4 ? [12, 4] : [8, 16]
  return {
    ...numbersOf(message),
    checksum: message.readUInt16BE(2),
    source: packet.subarray(source, source + length),
    destination: packet.subarray(source + length, source + 2 * length),
    payload: message.subarray(headerBytes),
  }
}

function behindIpv4Header(packet: Buffer): Buffer | null {
  if (packet.length < ipv4HeaderBytes || packet.readUInt8(0) >> 4 !== 4) return null
  return packet.subarray((packet.readUInt8(0) & 0x0f) * 4)
}

function numbersOf(message: Buffer): { id: number; sequence: number } {
  return { id: message.readUInt16BE(4), sequence: message.readUInt16BE(6) }
}

function meaningOf(family: Family, type: number, code: number): string | null {
  if (type === (family === 'ipv4' ? 11 : 3)) return 'the packet went in circles until it expired'
  if (type !== (family === 'ipv4' ? 3 : 1)) return null
  return unreachable[family][code] ?? `destination unreachable, code ${code}`
}

/** RFC 1071: the one's complement of the one's complement sum of all 16-bit words. */
export function internetChecksum(message: Buffer): number {
  let sum = 0
  for (let at = 0; at + 1 < message.length; at += 2) sum += message.readUInt16BE(at)
  if (message.length % 2 === 1) sum += message.readUInt8(message.length - 1) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

const headerBytes = 8
const ipv4HeaderBytes = 20
const ipv6HeaderBytes = 40
const requestType: Readonly<Record<Family, number>> = { ipv4: 8, ipv6: 128 }
const replyType: Readonly<Record<Family, number>> = { ipv4: 0, ipv6: 129 }

/** Codes of `destination unreachable`: RFC 1812, 5.2.7.1 and RFC 4443, 3.1. */
const unreachable: Readonly<Record<Family, Readonly<Record<number, string>>>> = {
  ipv4: {
    0: 'network unreachable',
    1: 'host unreachable',
    2: 'protocol unreachable',
    3: 'port unreachable',
    9: 'forbidden by a firewall',
    10: 'forbidden by a firewall',
    13: 'forbidden by a firewall',
  },
  ipv6: {
    0: 'no route to the target',
    1: 'forbidden by a firewall',
    2: 'beyond the scope of our address',
    3: 'address unreachable',
    4: 'port unreachable',
    5: 'our address is refused there',
    6: 'the route is rejected',
  },
}
