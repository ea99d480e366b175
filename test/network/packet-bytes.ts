/** Whole packets as bytes, with right checksums: connection tracking ignores any others. */
import ipaddr from 'ipaddr.js'
import type { Family } from '../../src/model/address.ts'
import { internetChecksum } from '../../src/probe/messages/icmp-message.ts'

export interface PacketWords {
  readonly family: Family
  readonly from: string
  readonly to: string
  /** TCP's is a SYN unless `running`, ICMP's an echo request. */
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Destination port; ICMP has none. */
  readonly port: number
  /** For ICMP the identifier. */
  readonly fromPort: number
  /** An ACK from the midst of a TCP flow. */
  readonly running?: boolean
}

export function packetBytes(words: PacketWords): Buffer {
  const { family, from, to, protocol } = words
  const source = Buffer.from(ipaddr.parse(from).toByteArray())
  const target = Buffer.from(ipaddr.parse(to).toByteArray())
  const { number, payload, checksumAt } = transport(words)
  const summed =
    protocol === 'icmp' && family === 'ipv4'
      ? payload
      : Buffer.concat([pseudoHeader({ source, target, number, length: payload.length }), payload])
  payload.writeUInt16BE(internetChecksum(summed), checksumAt)
  const header =
    family === 'ipv4'
      ? ipv4Header({ source, target, number, length: payload.length })
      : ipv6Header({ source, target, number, length: payload.length })
  return Buffer.concat([header, payload])
}

/** An Ethernet frame around it. */
export function frameBytes(packet: Buffer, macs: { readonly from: string; readonly to: string }) {
  const type = packet.readUInt8(0) >> 4 === 4 ? 0x0800 : 0x86dd
  return Buffer.concat([macBytes(macs.to), macBytes(macs.from), word(type), packet])
}

export function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
}

function transport({ family, protocol, port, fromPort, running = false }: PacketWords) {
  if (protocol === 'icmp') {
    const payload = Buffer.alloc(16)
    payload.writeUInt8(family === 'ipv4' ? 8 : 128, 0)
    payload.writeUInt16BE(fromPort, 4)
    return { number: family === 'ipv4' ? 1 : 58, payload, checksumAt: 2 }
  }
  const payload = Buffer.alloc(protocol === 'tcp' ? 20 : 16)
  payload.writeUInt16BE(fromPort, 0)
  payload.writeUInt16BE(port, 2)
  if (protocol === 'udp') {
    payload.writeUInt16BE(payload.length, 4)
    return { number: 17, payload, checksumAt: 6 }
  }
  payload.writeUInt32BE(1, 4)
  payload.writeUInt8(5 << 4, 12)
  payload.writeUInt8(running ? flagAck : flagSyn, 13)
  payload.writeUInt16BE(0xffff, 14)
  return { number: 6, payload, checksumAt: 16 }
}

interface HeaderWords {
  readonly source: Buffer
  readonly target: Buffer
  readonly number: number
  readonly length: number
}

function pseudoHeader({ source, target, number, length }: HeaderWords): Buffer {
  return Buffer.concat([source, target, word(number), word(length)])
}

function ipv4Header({ source, target, number, length }: HeaderWords): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt8(0x45, 0)
  header.writeUInt16BE(20 + length, 2)
  header.writeUInt8(64, 8)
  header.writeUInt8(number, 9)
  source.copy(header, 12)
  target.copy(header, 16)
  header.writeUInt16BE(internetChecksum(header), 10)
  return header
}

function ipv6Header({ source, target, number, length }: HeaderWords): Buffer {
  const header = Buffer.alloc(40)
  header.writeUInt8(0x60, 0)
  header.writeUInt16BE(length, 4)
  header.writeUInt8(number, 6)
  header.writeUInt8(64, 7)
  source.copy(header, 8)
  target.copy(header, 24)
  return header
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

const flagSyn = 2
const flagAck = 16
