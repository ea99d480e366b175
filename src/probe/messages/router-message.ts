/** IPv6's question for routers and their answer as bytes; RFC 4861, 4.1 and 4.2. No I/O. */
import { macText, textOf } from '../../model/address-bytes.ts'
import { checksumWithAddresses, protocols } from './ip-packet.ts'

/** The payload of a packet from `source`, a link-local address, to all routers of the link. */
export function encodeRouterSolicitation(source: Buffer, mac: Buffer): Buffer {
  const message = Buffer.alloc(16)
  message.writeUInt8(solicitation, 0)
  // An option of eight bytes: the sender's own MAC.
  message.writeUInt8(1, 8)
  message.writeUInt8(1, 9)
  mac.copy(message, 10)
  const addresses = { source, destination: allRouters, protocol: protocols.icmpv6 }
  message.writeUInt16BE(checksumWithAddresses(addresses, message), 2)
  return message
}

/** Whether it is the word of a router that takes packets for the Internet. */
export function offersDefaultRoute(message: Buffer): boolean {
  if (message.length < 16 || message.readUInt8(0) !== advertisement) return false
  return message.readUInt16BE(6) > 0
}

export interface Advertisement {
  /** It takes packets for the Internet. */
  readonly offersDefault: boolean
  /** null: it doesn't say. */
  readonly mac: string | null
  /** The networks of the link that are its own, as CIDRs. */
  readonly prefixes: readonly AdvertisedPrefix[]
}

export interface AdvertisedPrefix {
  readonly network: string
  readonly validSeconds: number
}

/** For a socket of the kernel's, which wants no source and sums up itself. */
export function bareRouterSolicitation(): Buffer {
  const message = Buffer.alloc(8)
  message.writeUInt8(solicitation, 0)
  return message
}

/** null: it is no advertisement, or a broken one (RFC 4861, 6.1.2). */
export function decodeAdvertisement(message: Buffer): Advertisement | null {
  if (message.length < 16 || message.readUInt8(0) !== advertisement) return null
  let mac: string | null = null
  const prefixes: AdvertisedPrefix[] = []
  for (let at = 16; at < message.length; ) {
    const length = 8 * (message[at + 1] ?? 0)
    if (length === 0 || at + length > message.length) return null
    const option = message.subarray(at, at + length)
    if (option[0] === linkAddressOption && length === 8) mac = macText(option.subarray(2, 8))
    if (option[0] === prefixOption && length === 32) prefixes.push(prefixOf(option))
    at += length
  }
  return { offersDefault: offersDefaultRoute(message), mac, prefixes }
}

function prefixOf(option: Buffer): AdvertisedPrefix {
  return {
    network: `${textOf(option.subarray(16, 32))}/${option.readUInt8(2)}`,
    validSeconds: option.readUInt32BE(4),
  }
}

/** All routers of a link: the address, and the MAC that it has on each Ethernet (RFC 2464, 7). */
export const allRouters = Buffer.from('ff020000000000000000000000000002', 'hex')
export const allRoutersMac = Buffer.from('333300000002', 'hex')

const solicitation = 133
/** An ICMPv6 type, as the other one. */
export const advertisement = 134
const linkAddressOption = 1
const prefixOption = 3
