/**
 * Whether an ICMP answer proves that its sender has seen our question. Anybody on the LAN can send
 * packets in a target's or a router's name; only who is on the way knows what we asked. No I/O.
 *
 * A router need not quote more than eight bytes of our packet: the ICMP header. Its id and sequence
 * are 32 random bits, and the checksum over a random payload are 16 more. Of 70,000 guesses a second
 * one would hit in a hundred years; a probe without payload has the 32 bits only, and is hit once
 * in 17 hours, if there is a question open all that time.
 */
import type { Family } from '../../model/address.ts'
import { type IcmpAnswer, internetChecksum } from './icmp-message.ts'

export interface EchoQuestion {
  readonly family: Family
  readonly target: Buffer
  /** As it was handed to the kernel. */
  readonly message: Buffer
}

/** The caller has found the question by the answer's id and sequence. */
export function provesQuestion(question: EchoQuestion, answer: IcmpAnswer, from: Buffer): boolean {
  const asked = question.message.subarray(headerBytes)
  if (answer.kind === 'reply') {
    if (!from.equals(question.target)) return false
    return asked.length === 0 ? answer.payload.length === 0 : startsAlike(answer.payload, asked)
  }
  if (!answer.destination.equals(question.target)) return false
  if (answer.checksum !== checksumOnTheWay(question, answer)) return false
  // What is quoted beyond the header may be cut, or filled up with zeros (RFC 4884, 5).
  return answer.payload.length < cookieBytes || startsAlike(answer.payload, asked)
}

function startsAlike(payload: Buffer, asked: Buffer): boolean {
  const cookie = asked.subarray(0, cookieBytes)
  return payload.subarray(0, cookie.length).equals(cookie)
}

/** For ICMPv6 the kernel sums up the addresses as well; RFC 8200, 8.1. */
function checksumOnTheWay(
  { family, message }: EchoQuestion,
  { source, destination }: { readonly source: Buffer; readonly destination: Buffer },
): number {
  if (family === 'ipv4') return message.readUInt16BE(2)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const icmpv6 = Buffer.of(0, 0, 0, 58)
  return internetChecksum(Buffer.concat([source, destination, length, icmpv6, message]))
}

/** So many random bytes begin the payload, where there is one. */
export const cookieBytes = 16
const headerBytes = 8
