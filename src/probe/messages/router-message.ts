/** IPv6's question for routers and their answer as bytes; RFC 4861, 4.1 and 4.2. No I/O. */
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

/** All routers of a link: the address, and the MAC that it has on each Ethernet (RFC 2464, 7). */
export const allRouters = Buffer.from('ff020000000000000000000000000002', 'hex')
export const allRoutersMac = Buffer.from('333300000002', 'hex')

const solicitation = 133
const advertisement = 134
