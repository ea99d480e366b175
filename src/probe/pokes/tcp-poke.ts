/**
 * A segment that looks as if it came from a flow's other end, far outside of the window: the
 * client answers with an acknowledgement (RFC 9293 3.10.7.4) and changes nothing. Bytes only.
 */
import { bytesOf } from '../../model/address-bytes.ts'
import type { TcpFlow } from '../../model/flow.ts'
import { internetChecksum } from '../messages/icmp-message.ts'

/** An IP packet with its header; the kernel fills in IPv4's length and checksum. */
export function pokePacket(flow: TcpFlow): Buffer {
  const source = bytesOf(flow.to)
  const target = bytesOf(flow.from)
  const segment = Buffer.alloc(tcpHeaderBytes)
  segment.writeUInt16BE(flow.toPort, 0)
  segment.writeUInt16BE(flow.fromPort, 2)
  segment.writeUInt32BE(outOfWindow, 4)
  segment.writeUInt32BE(outOfWindow, 8)
  segment.writeUInt8((tcpHeaderBytes / 4) << 4, 12)
  segment.writeUInt8(flagAck, 13)
  segment.writeUInt16BE(internetChecksum(pseudoPacket(source, target, segment)), 16)
  const header = flow.family === 'ipv4' ? ipv4Header(source, target) : ipv6Header(source, target)
  return Buffer.concat([header, segment])
}

/** RFC 9293 3.1: the checksum covers addresses, protocol and length too. */
function pseudoPacket(source: Buffer, target: Buffer, segment: Buffer): Buffer {
  const words = Buffer.alloc(4)
  words.writeUInt8(protocolTcp, 1)
  words.writeUInt16BE(segment.length, 2)
  return Buffer.concat([source, target, words, segment])
}

function ipv4Header(source: Buffer, target: Buffer): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt8(0x45, 0)
  header.writeUInt16BE(header.length + tcpHeaderBytes, 2)
  header.writeUInt8(hopLimit, 8)
  header.writeUInt8(protocolTcp, 9)
  source.copy(header, 12)
  target.copy(header, 16)
  return header
}

function ipv6Header(source: Buffer, target: Buffer): Buffer {
  const header = Buffer.alloc(40)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(tcpHeaderBytes, 4)
  header.writeUInt8(protocolTcp, 6)
  header.writeUInt8(hopLimit, 7)
  source.copy(header, 8)
  target.copy(header, 24)
  return header
}

const tcpHeaderBytes = 20
const protocolTcp = 6
const flagAck = 0x10
const hopLimit = 64
/** One chance in many thousands that it is inside; then it is just an old acknowledgement. */
const outOfWindow = 1
