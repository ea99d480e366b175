/**
 * Filters that the kernel runs on each packet before it wakes this process: classic BPF, as
 * `tcpdump -dd` prints it. A flood that ends here costs the event loop nothing, and leaves the
 * socket's queue to real answers.
 */
import type { Family } from '../../model/address.ts'
import type { Libc } from './libc.ts'
import { sendFailure } from './send-failure.ts'

/** Each a code, where to jump if true and if false, and a value. */
export type FilterProgram = readonly (readonly [number, number, number, number])[]

/** Replaces the socket's filter. Returns why it couldn't, or null. */
export function attachFilter(libc: Libc, fd: number, program: FilterProgram): string | null {
  const instructions = encode(program)
  // A `struct sock_fprog`: how many instructions, and where they are.
  const header = Buffer.alloc(16)
  header.writeUInt16LE(program.length, 0)
  header.writeBigUInt64LE(libc.addressOf(instructions), 8)
  if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, header) === 0) return null
  return `can't filter packets: ${sendFailure(libc.errorCode())}`
}

/** SKF_NET_OFF of linux/filter.h: from here on bytes of the IP header, which the socket cuts off. */
const ipHeader = 0xfff00000

/** Is the operation, at byte 6, a reply? */
export const onlyArpReplies: FilterProgram = [
  [0x28, 0, 0, 6],
  [0x15, 0, 1, 2],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
]

/** What no router has passed on (RFC 4861, 3.1): the hop limit, byte 7 of the IP header, is full. */
export const onlyFromLink: FilterProgram = [
  [0x30, 0, 0, ipHeader + 7],
  [0x15, 0, 1, 255],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
]

/**
 * For a raw socket that ICMP_FILTER has narrowed to echo replies and errors: lets in what carries
 * one of these ids, or quotes it, and of all else one in `sampleEvery` at random, so that a flood
 * is noticed.
 */
export function onlyEchoIds(family: Family, ids: readonly number[]): FilterProgram {
  const pass = ids.length + 4
  return [
    ...loadId[family],
    ...ids.map((id, at) => [0x15, pass - at - 1, 0, id] as const),
    [0x20, 0, 0, randomNumber],
    [0x54, 0, 0, sampleEvery - 1],
    [0x15, 1, 0, 0],
    [0x06, 0, 0, 0],
    [0x06, 0, 0, 0xffff],
  ]
}

/** 70,000 packets a second become 270: cheap to look at, and enough to tell a flood from a ping. */
export const sampleEvery = 256

/** Loads the echo's id: a reply's own, or that of the request which an error quotes. */
const loadId: Readonly<Record<Family, FilterProgram>> = {
  // IP headers vary in length, the quoted one too.
  ipv4: [
    [0xb1, 0, 0, 0],
    [0x50, 0, 0, 0],
    [0x15, 0, 2, 0],
    [0x48, 0, 0, 4],
    [0x05, 0, 0, 6],
    [0x50, 0, 0, 8],
    [0x54, 0, 0, 0x0f],
    [0x64, 0, 0, 2],
    [0x0c, 0, 0, 0],
    [0x07, 0, 0, 0],
    [0x48, 0, 0, 12],
  ],
  // The packet comes without its IP header; the quoted one has forty bytes.
  ipv6: [
    [0x30, 0, 0, 0],
    [0x15, 0, 2, 129],
    [0x28, 0, 0, 4],
    [0x05, 0, 0, 1],
    [0x28, 0, 0, 52],
  ],
}

function encode(program: FilterProgram): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(ifTrue, index * 8 + 2)
    bytes.writeUInt8(ifFalse, index * 8 + 3)
    bytes.writeUInt32LE(value, index * 8 + 4)
  }
  return bytes
}

/** SKF_AD_OFF and SKF_AD_RANDOM of linux/filter.h: not a place in the packet, a random number. */
const randomNumber = 0xfffff000 + 56
const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
