/** Frames as packet sockets send and receive them, as far as a search can use them. No I/O. */
import type { Family } from '../../model/address.ts'
import { macText } from '../../model/address-bytes.ts'
import { type ArpReply, decodeArpReply } from '../messages/arp-message.ts'
import { decodePacket, type Packet, protocols, udpHeaderBytes } from '../messages/ip-packet.ts'
import { etherTypes, type Layer } from '../sockets/packet-socket.ts'

export type Heard =
  | { readonly kind: 'arp'; readonly reply: ArpReply }
  | {
      readonly kind: 'icmp'
      readonly family: Family
      /** Who sent the frame; null: the link has no Ethernet. */
      readonly mac: string | null
      readonly from: Buffer
      /** No router has passed it on: it comes from a neighbour. */
      readonly isNear: boolean
      /** With its IP header for IPv4, without it for IPv6: as a raw socket has it. */
      readonly packet: Buffer
    }
  | {
      readonly kind: 'udp'
      readonly mac: string | null
      readonly from: Buffer
      readonly port: number
      readonly toPort: number
      readonly payload: Buffer
    }

export interface FrameHead {
  readonly to: Buffer
  readonly from: Buffer
  readonly type: number
}

export function encodeFrame({ to, from, type }: FrameHead, content: Buffer): Buffer {
  return Buffer.concat([to, from, Buffer.of(type >> 8, type & 0xff), content])
}

/** null for what is no answer to anything of ours. */
export function decodeFrame(frame: Buffer, layer: Layer): Heard | null {
  if (layer === 'bare') return decodeIp(frame, null)
  if (frame.length < headerBytes) return null
  const content = frame.subarray(headerBytes)
  const type = frame.readUInt16BE(12)
  if (type === etherTypes.arp) {
    const reply = decodeArpReply(content)
    return reply === null ? null : { kind: 'arp', reply }
  }
  if (type !== etherTypes.ipv4 && type !== etherTypes.ipv6) return null
  return decodeIp(content, macText(frame.subarray(6, 12)))
}

function decodeIp(bytes: Buffer, mac: string | null): Heard | null {
  const packet = decodePacket(bytes)
  if (packet === null) return null
  const { source: from, protocol, whole, payload } = packet
  const icmp = { kind: 'icmp', mac, from, isNear: packet.ttl === 255 } as const
  if (protocol === protocols.icmp) return { ...icmp, family: 'ipv4', packet: whole }
  if (protocol === protocols.icmpv6) return { ...icmp, family: 'ipv6', packet: payload }
  return protocol === protocols.udp ? decodeUdp(packet, mac) : null
}

function decodeUdp({ source: from, payload }: Packet, mac: string | null): Heard | null {
  if (payload.length < udpHeaderBytes) return null
  return {
    kind: 'udp',
    mac,
    from,
    port: payload.readUInt16BE(0),
    toPort: payload.readUInt16BE(2),
    payload: payload.subarray(udpHeaderBytes),
  }
}

const headerBytes = 14
