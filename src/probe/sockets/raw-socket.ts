/**
 * Sockets below UDP and TCP: raw ICMP and packet sockets, marked for a WAN or read by Node's event
 * loop. Each call gives back either an open socket or a reason, and never leaves a descriptor
 * behind. A socket that can't be marked as wanted is closed: it must never send.
 */
import { createSocket, type Socket } from 'node:dgram'
import ipaddr from 'ipaddr.js'
import type { Family } from '../../model/address.ts'
import { hex } from '../../model/hex.ts'
import { closeOnExec, type Libc, nonBlocking } from './libc.ts'
import { attachFilter, onlyArpReplies } from './packet-filter.ts'
import { sendFailure } from './send-failure.ts'

export type Opened<Value> =
  | { readonly kind: 'open'; readonly value: Value }
  | { readonly kind: 'failed'; readonly reason: string }

/** Node's `socket` reads and owns the descriptor; `fd` is for sending. */
export interface RawReader {
  readonly socket: Socket
  readonly fd: number
}

type SocketKind = Family | 'arp'

/** Opens a non-blocking raw socket (ICMP, ICMPv6 or packet) without a mark. */
export function openRaw(libc: Libc, kind: SocketKind): Opened<number> {
  const [family, type, protocol] = socketNumbers[kind]
  const fd = libc.socket(family, type | nonBlocking | closeOnExec, protocol)
  return fd >= 0 ? { kind: 'open', value: fd } : notOpened(libc)
}

/** Right after the call that has failed. */
export function notOpened(libc: Libc): { readonly kind: 'failed'; readonly reason: string } {
  const code = libc.errorCode()
  const why = code === 'EPERM' ? 'this process has no CAP_NET_RAW' : sendFailure(code)
  return { kind: 'failed', reason: `can't open a raw socket: ${why}` }
}

/** Opens an ICMP socket that sends by the mark's table and receives nothing. */
export function openMarkedSender(libc: Libc, family: Family, mark: number): Opened<number> {
  const opened = openRaw(libc, family)
  if (opened.kind === 'failed') return opened
  const fd = opened.value
  const reason = setMark(libc, fd, mark) ?? setFilter(libc, fd, { family, pass: [] })
  if (reason === null) return opened
  libc.close(fd)
  return { kind: 'failed', reason }
}

/** Opens a socket for whole IP packets of any source, marked; it receives nothing. */
export function openPacketSender(libc: Libc, family: Family, mark: number): Opened<number> {
  const [domain] = socketNumbers[family]
  const fd = libc.socket(domain, SOCK_RAW | nonBlocking | closeOnExec, IPPROTO_RAW)
  if (fd < 0) {
    return { kind: 'failed', reason: `can't open a raw socket: ${sendFailure(libc.errorCode())}` }
  }
  const reason = setMark(libc, fd, mark)
  if (reason === null) return { kind: 'open', value: fd }
  libc.close(fd)
  return { kind: 'failed', reason }
}

/**
 * Opens a packet socket that receives the ARP replies of all links and sends on any. It is bound
 * to no link, so it outlives each of them. Closing it stops the whole process for tens of
 * milliseconds (the kernel waits for every processor to let go of it): open it once and keep it.
 */
export function openArp(libc: Libc): Opened<number> {
  const opened = openRaw(libc, 'arp')
  if (opened.kind === 'failed') return opened
  const fd = opened.value
  const reason = attachFilter(libc, fd, onlyArpReplies) ?? bindToAllLinks(libc, fd)
  if (reason === null) return opened
  libc.close(fd)
  return { kind: 'failed', reason }
}

function bindToAllLinks(libc: Libc, fd: number): string | null {
  if (libc.bind(fd, linkAddress(0, Buffer.alloc(0))) === 0) return null
  return `can't listen for ARP: ${sendFailure(libc.errorCode())}`
}

/**
 * Sets SO_MARK and reads it back. Returns why it couldn't, or null. If a mark silently failed, the
 * probe of a dead WAN would be answered through the living one.
 */
export function setMark(libc: Libc, fd: number, mark: number): string | null {
  const value = Buffer.alloc(4)
  value.writeUInt32LE(mark)
  if (libc.setsockopt(fd, SOL_SOCKET, SO_MARK, value) !== 0) {
    const code = libc.errorCode()
    const why = code === 'EPERM' ? 'this process has no CAP_NET_ADMIN' : sendFailure(code)
    return `can't mark packets: ${why}`
  }
  const set = Buffer.alloc(4)
  if (libc.getsockopt(fd, SOL_SOCKET, SO_MARK, set) !== 0) {
    return `can't read a socket's mark back: ${sendFailure(libc.errorCode())}`
  }
  if (set.equals(value)) return null
  return `can't mark packets: the kernel set ${hex(set.readUInt32LE())} instead`
}

/**
 * Lets in only these ICMP types: raw(7) ICMP_FILTER, or RFC 3542, 3.2 for ICMPv6. A set bit blocks.
 */
export function setFilter(
  libc: Libc,
  fd: number,
  { family, pass }: { family: Family; pass: readonly number[] },
): string | null {
  const filter = Buffer.alloc(family === 'ipv4' ? 4 : 32, 0xff)
  for (const type of pass)
    filter.writeUInt8(filter.readUInt8(type >> 3) & ~(1 << (type & 7)), type >> 3)
  const level = family === 'ipv4' ? SOL_RAW : IPPROTO_ICMPV6
  if (libc.setsockopt(fd, level, ICMP_FILTER, filter) === 0) return null
  return `can't filter ICMP: ${sendFailure(libc.errorCode())}`
}

/**
 * Hands a raw socket to Node's event loop, which then owns it: closing the returned socket closes
 * the descriptor, and so does a failure here. dgram takes UDP descriptors only, so it gets one,
 * and the raw socket takes that one's place before the loop has looked at it.
 */
export function listenRaw(libc: Libc, fd: number): Opened<RawReader> {
  const failed = (reason: string): Opened<RawReader> => {
    libc.close(fd)
    return { kind: 'failed', reason }
  }
  const placeholder = libc.socket(AF_INET, SOCK_DGRAM | nonBlocking | closeOnExec, 0)
  if (placeholder < 0) return failed(`can't open a socket: ${sendFailure(libc.errorCode())}`)
  const socket = createSocket('udp4')
  try {
    socket.bind({ fd: placeholder, exclusive: true })
  } catch (error) {
    libc.close(placeholder)
    socket.close()
    return failed(`can't listen on a raw socket: ${error instanceof Error ? error.message : error}`)
  }
  if (libc.dup2(fd, placeholder) !== placeholder) {
    const reason = `can't listen on a raw socket: ${sendFailure(libc.errorCode())}`
    socket.close()
    return failed(reason)
  }
  libc.close(fd)
  return { kind: 'open', value: { socket, fd: placeholder } }
}

/**
 * Reads by a raw socket that is opened when it is first needed, and again after it failed: until
 * then answers are lost, which is silence.
 */
export class RawListener {
  readonly #open: () => Opened<RawReader>
  readonly #receive: (packet: Buffer, from: string) => void
  #reader: RawReader | null = null

  constructor(open: () => Opened<RawReader>, receive: (packet: Buffer, from: string) => void) {
    this.#open = open
    this.#receive = receive
  }

  listen(): Opened<RawReader> {
    if (this.#reader !== null) return { kind: 'open', value: this.#reader }
    const opened = this.#open()
    if (opened.kind === 'failed') return opened
    const reader = opened.value
    reader.socket.on('message', (packet, from) => this.#receive(packet, from.address))
    reader.socket.on('error', () => {
      if (this.#reader === reader) this.close()
    })
    this.#reader = reader
    return opened
  }

  close(): void {
    this.#reader?.socket.close()
    this.#reader = null
  }
}

/** A `sockaddr_in` or `sockaddr_in6` of an address; the port stays 0, as raw sockets want it. */
export function socketAddress(address: string): Buffer {
  const bytes = ipaddr.parse(address).toByteArray()
  const isIpv4 = bytes.length === 4
  const buffer = Buffer.alloc(isIpv4 ? 16 : 28)
  buffer.writeUInt16LE(isIpv4 ? AF_INET : AF_INET6, 0)
  buffer.set(bytes, isIpv4 ? 4 : 8)
  return buffer
}

/** A `sockaddr_ll` on a link, for ARP if nothing else is said; packet(7). */
export function linkAddress(
  interfaceIndex: number,
  hardwareAddress: Buffer,
  { protocol } = { protocol: ETH_P_ARP },
): Buffer {
  const buffer = Buffer.alloc(20)
  buffer.writeUInt16LE(AF_PACKET, 0)
  buffer.writeUInt16BE(protocol, 2)
  buffer.writeInt32LE(interfaceIndex, 4)
  buffer.writeUInt8(hardwareAddress.length, 11)
  hardwareAddress.copy(buffer, 12)
  return buffer
}

const AF_INET = 2
const AF_INET6 = 10
const AF_PACKET = 17
const SOCK_DGRAM = 2
const SOCK_RAW = 3
const IPPROTO_ICMP = 1
const IPPROTO_ICMPV6 = 58
const IPPROTO_RAW = 255
const ETH_P_ARP = 0x0806
const SOL_SOCKET = 1
const SOL_RAW = 255
const SO_MARK = 36
/** ICMP_FILTER and ICMPV6_FILTER have the same number, at different levels. */
const ICMP_FILTER = 1

const socketNumbers: Readonly<Record<SocketKind, readonly [number, number, number]>> = {
  ipv4: [AF_INET, SOCK_RAW, IPPROTO_ICMP],
  ipv6: [AF_INET6, SOCK_RAW, IPPROTO_ICMPV6],
  // Without a protocol it receives nothing until it is bound to one.
  arp: [AF_PACKET, SOCK_DGRAM, 0],
}
