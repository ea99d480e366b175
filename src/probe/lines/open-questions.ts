/** The questions of a search that wait for an answer, and which answer is whose. */
import { randomInt } from 'node:crypto'
import { textOf } from '../../model/address-bytes.ts'
import { type DnsQuestion, type DnsResponse, decodeResponse } from '../messages/dns-message.ts'
import { type EchoQuestion, provesQuestion } from '../messages/echo-proof.ts'
import { decodeAnswer } from '../messages/icmp-message.ts'
import type { Heard } from './ethernet-frame.ts'

/** What became of an echo request. */
export interface EchoHeard {
  readonly kind: 'reply' | 'expired' | 'refused' | 'forbidden' | 'silence'
  readonly latencyMs: number
  /** Whose frame it was; null: nobody's, or no Ethernet. */
  readonly mac: string | null
  /** Who said so: the target itself, or a router on the way. */
  readonly by: string | null
  /** The router that it was sent to goes on by this neighbour of ours; null: it said nothing. */
  readonly redirectsTo: string | null
}

export interface DnsHeard {
  readonly response: DnsResponse
  readonly latencyMs: number
  readonly mac: string | null
}

type HeardIcmp = Extract<Heard, { kind: 'icmp' }>
type HeardUdp = Extract<Heard, { kind: 'udp' }>

export class OpenQuestions {
  readonly #echoes = new Map<number, OpenEcho>()
  readonly #names = new Map<number, OpenName>()

  /** At most a few thousand of the 65536 are taken, so this ends soon. */
  freeSequence(): number {
    return freeNumber(this.#echoes)
  }

  freeDnsId(): number {
    return freeNumber(this.#names)
  }

  addEcho({ question, sequence, waitMs }: AskedEcho): Promise<EchoHeard> {
    const { promise, resolve } = Promise.withResolvers<EchoHeard>()
    const sentMs = performance.now()
    const open: OpenEcho = {
      question,
      sentMs,
      redirectsTo: null,
      settle: (heard) => {
        clearTimeout(timer)
        this.#echoes.delete(sequence)
        resolve({ ...heard, redirectsTo: open.redirectsTo })
      },
    }
    const timer = setTimeout(() => open.settle(silence), waitMs)
    this.#echoes.set(sequence, open)
    return promise
  }

  addDns({ id, server, question, waitMs }: AskedName): Promise<DnsHeard | null> {
    const { promise, resolve } = Promise.withResolvers<DnsHeard | null>()
    const settle = (heard: DnsHeard | null): void => {
      clearTimeout(timer)
      this.#names.delete(id)
      resolve(heard)
    }
    const timer = setTimeout(settle, waitMs, null)
    this.#names.set(id, { server, question, sentMs: performance.now(), settle })
    return promise
  }

  /** IPv4 only. `id`: that of all our echo requests. */
  takeIcmp(heard: HeardIcmp, { id, receivedMs }: { id: number; receivedMs: number }): void {
    const { packet, mac, from } = heard
    const redirect = readRedirect(packet)
    const answer = decodeAnswer('ipv4', redirect?.asError ?? packet)
    if (answer === null || answer.id !== id) return
    const open = this.#echoes.get(answer.sequence)
    if (open === undefined || !provesQuestion(open.question, answer, from)) return
    if (redirect !== null) {
      open.redirectsTo = redirect.to
      return
    }
    const kind = answer.kind === 'reply' ? 'reply' : kindOfError(packet)
    const latencyMs = receivedMs - open.sentMs
    open.settle({ kind, latencyMs, mac, by: textOf(from), redirectsTo: null })
  }

  takeDns({ mac, from, payload }: HeardUdp, receivedMs: number): void {
    if (payload.length < 2) return
    const open = this.#names.get(payload.readUInt16BE(0))
    if (open === undefined || !open.server.equals(from)) return
    const response = decodeResponse(payload, open.question)
    if (response === null) return
    open.settle({ response, latencyMs: receivedMs - open.sentMs, mac })
  }

  endAll(): void {
    for (const { settle } of [...this.#echoes.values()]) settle(silence)
    for (const { settle } of [...this.#names.values()]) settle(null)
  }
}

interface AskedEcho {
  readonly question: EchoQuestion
  readonly sequence: number
  readonly waitMs: number
}

interface AskedName {
  readonly id: number
  readonly server: Buffer
  readonly question: DnsQuestion
  readonly waitMs: number
}

interface OpenEcho {
  readonly question: EchoQuestion
  readonly sentMs: number
  redirectsTo: string | null
  readonly settle: (heard: EchoHeard) => void
}

interface OpenName extends Omit<AskedName, 'id' | 'waitMs'> {
  readonly sentMs: number
  readonly settle: (heard: DnsHeard | null) => void
}

/** A redirect quotes our packet as an error does; RFC 792. */
function readRedirect(packet: Buffer): { to: string; asError: Buffer } | null {
  const at = messageAt(packet)
  if (packet.length < at + 8 || packet.readUInt8(at) !== types.redirect) return null
  const asError = Buffer.from(packet)
  asError.writeUInt8(types.unreachable, at)
  return { to: textOf(packet.subarray(at + 4, at + 8)), asError }
}

function kindOfError(packet: Buffer): 'expired' | 'refused' | 'forbidden' {
  const at = messageAt(packet)
  if (packet.readUInt8(at) === types.expired) return 'expired'
  return forbiddenCodes.includes(packet.readUInt8(at + 1)) ? 'forbidden' : 'refused'
}

function messageAt(packet: Buffer): number {
  return (packet.readUInt8(0) & 0x0f) * 4
}

function freeNumber(taken: ReadonlyMap<number, unknown>): number {
  let number = randomInt(0x10000)
  while (taken.has(number)) number = randomInt(0x10000)
  return number
}

const silence = {
  kind: 'silence',
  latencyMs: 0,
  mac: null,
  by: null,
  redirectsTo: null,
} as const satisfies EchoHeard

const types = { unreachable: 3, redirect: 5, expired: 11 }
/** Of "unreachable", what firewalls say; RFC 1812, 5.2.7.1. */
const forbiddenCodes = [9, 10, 13]
