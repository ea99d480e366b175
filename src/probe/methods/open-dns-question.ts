/** One question to a DNS server and its socket, from the question to its answer or to silence. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { Family } from '../../model/address.ts'
import type { ForgeryWatch } from '../forgery-watch.ts'
import {
  type DnsQuestion,
  type DnsResponse,
  decodeResponse,
  encodeQuestion,
  mixLetters,
} from '../messages/dns-message.ts'
import type { RandomPool } from '../random-pool.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'
import { memoryMs } from './recent-questions.ts'

export type DnsAnswer =
  | { readonly kind: 'response'; readonly response: DnsResponse; readonly rttMs: number }
  | { readonly kind: 'unsent'; readonly reason: string }

export interface DnsAsk {
  readonly wan: number
  readonly family: Family
  readonly server: string
  readonly question: DnsQuestion
}

export interface OpenDnsParts {
  readonly port: number
  readonly random: RandomPool
  readonly forgeries: ForgeryWatch
  /** Called once; null is silence. */
  readonly ended: (answer: DnsAnswer | 'port_taken' | null) => void
}

export class OpenDnsQuestion {
  readonly #ask: DnsAsk
  readonly #parts: OpenDnsParts
  readonly #socket: Socket
  readonly #id: number
  /** With its letters mixed. */
  readonly #question: DnsQuestion
  #stage: 'binding' | 'connecting' | 'asked' | 'ended' = 'binding'
  #sentMs = 0
  #timer: NodeJS.Timeout | undefined
  /** Datagrams and ICMP errors that proved nothing. */
  #unproven = 0
  #misquoted = false

  constructor(ask: DnsAsk, parts: OpenDnsParts) {
    this.#ask = ask
    this.#parts = parts
    const random = parts.random.take(34)
    this.#id = random.readUInt16BE(0)
    const name = mixLetters(ask.question.name, random.subarray(2))
    this.#question = { ...ask.question, name }
    const ipv4 = ask.family === 'ipv4'
    const lookup = asItIs(ipv4 ? 4 : 6)
    this.#socket = createSocket(
      ipv4 ? { type: 'udp4', lookup } : { type: 'udp6', ipv6Only: true, lookup },
    )
  }

  start(): void {
    const message = this.#encode()
    if (typeof message === 'string') {
      this.#unsent(message)
      return
    }
    const socket = this.#socket
    const { family, server } = this.#ask
    this.#timer = setTimeout(() => this.end(null), memoryMs)
    socket.on('error', (error) => this.#failed(errorCode(error)))
    socket.on('message', (message, from) => this.#receive(message, from))
    socket.on('connect', () => this.#send(message, sendAttempts))
    const address = family === 'ipv4' ? '0.0.0.0' : '::'
    socket.bind({ port: this.#parts.port, address, exclusive: true })
    if (this.#stage !== 'binding') return
    this.#stage = 'connecting'
    socket.connect(dnsPort, server)
  }

  end(answer: DnsAnswer | 'port_taken' | null): void {
    if (this.#stage === 'ended') return
    this.#stage = 'ended'
    clearTimeout(this.#timer)
    this.#socket.close()
    this.#parts.ended(answer)
  }

  /** The question as bytes, or why its name is none: the host of a URL may be too long. */
  #encode(): Buffer | string {
    try {
      return encodeQuestion(this.#id, this.#question)
    } catch (error) {
      return errorCode(error)
    }
  }

  /** A forged ICMP error may wait in the socket since it is connected; it fails one call. */
  #send(message: Buffer, attempts: number): void {
    if (this.#stage === 'ended') return
    this.#stage = 'asked'
    this.#sentMs = performance.now()
    this.#socket.send(message, (error) => {
      if (error === null || this.#stage === 'ended') return
      if (attempts > 1) this.#send(message, attempts - 1)
      else this.end({ kind: 'unsent', reason: sendFailure(errorCode(error)) })
    })
  }

  /**
   * What comes once it is asked is ICMP's word, and the kernel lets that through for a right port:
   * one guess of a hundred hits. It is no refusal.
   */
  #failed(code: string): void {
    switch (this.#stage) {
      case 'binding':
        if (code === 'EADDRINUSE') this.end('port_taken')
        else this.#unsent(`can't open a UDP socket: ${sendFailure(code)}`)
        return
      case 'connecting':
        this.#unsent(sendFailure(code))
        return
      case 'asked':
        this.#countUnproven()
        return
      case 'ended':
        return
      default:
        this.#stage satisfies never
    }
  }

  #unsent(reason: string): void {
    this.end({ kind: 'unsent', reason })
  }

  #receive(message: Buffer, from: RemoteInfo): void {
    // Until it is connected it hears everybody.
    if (this.#stage !== 'asked' || from.address !== this.#ask.server || from.port !== dnsPort) {
      return
    }
    const receivedMs = performance.now()
    const response = this.#proven(message, receivedMs)
    if (response === null) this.#countUnproven()
    else this.end({ kind: 'response', response, rttMs: receivedMs - this.#sentMs })
  }

  /**
   * Some servers change the letters' case. Their answers count too, until somebody is seen guessing:
   * then the id alone proves too little. It would take a dead line for a living one, which keeps the
   * house offline; taking such a server for silent only moves it to a line that works.
   */
  #proven(message: Buffer, nowMs: number): DnsResponse | null {
    if (message.length < 2 || message.readUInt16BE(0) !== this.#id) {
      this.#noteForged(nowMs)
      return null
    }
    const response = decodeResponse(message, this.#question)
    const suspects = () => this.#parts.forgeries.suspects(this.#ask.wan, 'dns', nowMs)
    if (response !== null && (response.sameLetters || !suspects())) return response
    // With the right id it may be a server that doesn't repeat the question; it does so once.
    if (this.#misquoted) this.#noteForged(nowMs)
    this.#misquoted = true
    return null
  }

  #noteForged(nowMs: number): void {
    const { wan, server } = this.#ask
    this.#parts.forgeries.note({ wan, by: 'dns', count: 1, target: server }, nowMs)
  }

  /** Whoever hits the port of a silent line must not keep us busy. */
  #countUnproven(): void {
    this.#unproven += 1
    if (this.#unproven >= mostUnproven) this.end(null)
  }
}

/** Spares Node the detour by its resolver: servers are addresses. */
function asItIs(family: 4 | 6) {
  type Done = (error: NodeJS.ErrnoException | null, address: string, family: number) => void
  return (address: string, _options: unknown, done: Done): void => done(null, address, family)
}

const dnsPort = 53
const sendAttempts = 3
/** With 700 a second to each port, a living line has answered long before. */
const mostUnproven = 1024
