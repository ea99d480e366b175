/**
 * Asks DNS servers through a WAN. Each WAN and family has one UDP socket, bound to a port that a
 * rule sends to the WAN's table. Without such a port it sends nothing: the kernel would pick a
 * port that no rule pins.
 */
import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import type { Family } from '../../model/address.ts'
import { probePorts } from '../../model/marks.ts'
import {
  type DnsQuestion,
  type DnsResponse,
  decodeResponse,
  encodeQuestion,
} from '../messages/dns-message.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'
import { type RecentQuestion, RecentQuestions } from './recent-questions.ts'

export type DnsAnswer =
  | { readonly kind: 'response'; readonly response: DnsResponse; readonly rttMs: number }
  | { readonly kind: 'unsent'; readonly reason: string }

export interface DnsAsk {
  readonly wan: number
  readonly family: Family
  readonly server: string
  readonly question: DnsQuestion
}

export class DnsAsker {
  readonly #paths = new Map<string, Path>()
  #closed = false

  /** Null where nobody answers within ten seconds. */
  ask(ask: DnsAsk): Promise<DnsAnswer | null> {
    const { promise, resolve: settle } = Promise.withResolvers<DnsAnswer | null>()
    if (this.#closed) settle(null)
    else this.#start(ask, settle)
    return promise
  }

  #start({ wan, family, server, question }: DnsAsk, settle: Asked['settle']): void {
    const path = this.#pathOf(wan, family)
    const asked: Asked = { server, question, sentMs: performance.now(), settle }
    switch (path.state.kind) {
      case 'bound':
        this.#send(path, path.state.socket, asked)
        return
      case 'binding':
        path.waiting.push(asked)
        if (path.waiting.length > maxWaiting) path.waiting.shift()?.settle(null)
        return
      case 'closed':
        path.waiting.push(asked)
        this.#bind(path, probePorts(wan).first)
        return
      default:
        path.state satisfies never
    }
  }

  close(): void {
    this.#closed = true
    for (const path of this.#paths.values()) {
      if (path.state.kind !== 'closed') path.state.socket.close()
      path.state = { kind: 'closed' }
      for (const asked of path.waiting.splice(0)) asked.settle(null)
      path.recent.clear()
    }
  }

  #pathOf(wan: number, family: Family): Path {
    const key = `${wan} ${family}`
    const known = this.#paths.get(key)
    if (known !== undefined) return known
    const state: Path['state'] = { kind: 'closed' }
    const path = { wan, family, state, waiting: [], recent: new RecentQuestions<number, Asked>() }
    this.#paths.set(key, path)
    return path
  }

  #bind(path: Path, port: number): void {
    const ipv4 = path.family === 'ipv4'
    const socket = createSocket(ipv4 ? { type: 'udp4' } : { type: 'udp6', ipv6Only: true })
    path.state = { kind: 'binding', socket }
    socket.on('error', (error) => this.#failed(path, { socket, port, code: errorCode(error) }))
    socket.on('message', (message, from) => this.#receive(path, message, from))
    socket.on('listening', () => {
      path.state = { kind: 'bound', socket }
      for (const asked of path.waiting.splice(0)) this.#send(path, socket, asked)
    })
    socket.bind({ port, address: ipv4 ? '0.0.0.0' : '::', exclusive: true })
  }

  #failed(path: Path, { socket, port, code }: { socket: Socket; port: number; code: string }) {
    if (path.state.kind === 'closed' || path.state.socket !== socket) return
    const binding = path.state.kind === 'binding'
    path.state = { kind: 'closed' }
    socket.close()
    if (binding && code === 'EADDRINUSE' && port < probePorts(path.wan).last) {
      this.#bind(path, port + 1)
      return
    }
    const { first, last } = probePorts(path.wan)
    const reason =
      code === 'EADDRINUSE'
        ? `other programs hold all UDP ports from ${first} to ${last}`
        : `can't open a UDP socket: ${sendFailure(code)}`
    for (const asked of path.waiting.splice(0)) asked.settle({ kind: 'unsent', reason })
  }

  #send(path: Path, socket: Socket, asked: Asked): void {
    const id = freeId(path.recent)
    const sent = { ...asked, sentMs: performance.now() }
    path.recent.add(id, sent)
    const unsent = (error: unknown): void => {
      path.recent.forget(id)
      asked.settle({ kind: 'unsent', reason: sendFailure(errorCode(error)) })
    }
    try {
      socket.send(encodeQuestion(id, asked.question), dnsPort, asked.server, (error) => {
        if (error !== null) unsent(error)
      })
    } catch (error) {
      unsent(error)
    }
  }

  #receive(path: Path, message: Buffer, from: { address: string; port: number }): void {
    const receivedMs = performance.now()
    if (message.length < 2) return
    const id = message.readUInt16BE(0)
    const asked = path.recent.peek(id, receivedMs)
    if (asked === null || from.address !== asked.server || from.port !== dnsPort) return
    const response = decodeResponse(message, asked.question)
    if (response === null) return
    path.recent.forget(id)
    asked.settle({ kind: 'response', response, rttMs: receivedMs - asked.sentMs })
  }
}

interface Asked extends RecentQuestion {
  readonly server: string
  readonly question: DnsQuestion
  readonly settle: (answer: DnsAnswer | null) => void
}

interface Path {
  readonly wan: number
  readonly family: Family
  state:
    | { readonly kind: 'closed' }
    | { readonly kind: 'binding'; readonly socket: Socket }
    | { readonly kind: 'bound'; readonly socket: Socket }
  /** Asked while the socket is being bound. */
  readonly waiting: Asked[]
  readonly recent: RecentQuestions<number, Asked>
}

/** At most 4096 of the 65536 are taken, so this ends soon. */
function freeId(recent: RecentQuestions<number, Asked>): number {
  let id = randomInt(0x10000)
  while (recent.has(id)) id = randomInt(0x10000)
  return id
}

const dnsPort = 53
const maxWaiting = 64
