/**
 * Asks the server's hello by each of two lines, once a second, and hands the answers back inside the
 * tunnel: so it learns where this house receives, and the NATs between keep their mappings. The
 * sockets' ports say by which line a datagram leaves; nft makes WireGuard's port of them.
 */

import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import type { Log } from '../../model/log.ts'
import { helloPort } from '../../model/marks.ts'
import { helloInsidePort, readHelloAnswer } from '../../model/tunnel/hello.ts'
import { proofInput, withProof, writeProvenQuestion } from '../../model/tunnel/hello-proof.ts'
import type { BothLines } from '../../model/tunnel/tunnel-device.ts'
import { type HelloKey, hmac } from './hello-key.ts'

export interface HelloParts {
  readonly both: BothLines
  readonly server: { readonly host: string; readonly port: number }
  readonly key: HelloKey
  readonly log: Log
}

export class HelloSender {
  readonly #parts: HelloParts
  readonly #lines: readonly HeldPort[]
  readonly #inside: HeldPort
  readonly #timer: NodeJS.Timeout
  /** What is under way, newest last: an answer to anything else is nobody's. */
  #tokens: readonly number[] = []
  #lastMs = 0

  constructor(parts: HelloParts) {
    this.#parts = parts
    const { lines, wan } = parts.both
    const { log } = parts
    this.#inside = new HeldPort(helloPort(wan, wan), { log, take: () => undefined })
    const take = (answer: Uint8Array) => this.#handBack(answer)
    this.#lines = lines.map((line) => new HeldPort(helloPort(line.wan, wan), { log, take }))
    this.#timer = setInterval(() => this.#ask(), everyMs)
  }

  close(): void {
    clearInterval(this.#timer)
    for (const port of [...this.#lines, this.#inside]) port.close()
  }

  #ask(): void {
    const { key, server } = this.#parts
    this.#inside.hold()
    for (const line of this.#lines) {
      line.hold()
      const token = randomBytes(4).readUInt32BE(0)
      // Each at a time of its own, and never before the last one, whatever the clock does.
      this.#lastMs = Math.max(this.#lastMs + 1, Date.now())
      this.#tokens = [...this.#tokens, token].slice(-mostTokens)
      const question = writeProvenQuestion({ house: key.house, askedAtMs: this.#lastMs, token })
      line.send(withProof(question, hmac(key.key, proofInput(question))), server)
    }
  }

  #handBack(answer: Uint8Array): void {
    const read = readHelloAnswer(answer)
    if (read === null || !this.#tokens.includes(read.token)) return
    this.#inside.send(answer, { host: this.#parts.both.inside, port: helloInsidePort })
  }
}

interface PortUse {
  readonly log: Log
  readonly take: (datagram: Uint8Array) => void
}

/**
 * A socket at its port, or none: a probe of ours may hold it for some seconds, and from another port
 * nobody would be asked.
 */
class HeldPort {
  readonly #port: number
  readonly #use: PortUse
  #socket: Socket | null = null

  constructor(port: number, use: PortUse) {
    this.#port = port
    this.#use = use
    this.hold()
  }

  hold(): void {
    if (this.#socket !== null) return
    const { log, take } = this.#use
    const socket = createSocket('udp4')
    this.#socket = socket
    socket.on('message', take)
    // A line without a way is no error of the socket: the packets themselves go on.
    socket.on('error', (error) => {
      log.debug(`the hello of a tunnel: ${error.message}`)
      if (this.#socket === socket) this.close()
    })
    socket.bind({ port: this.#port, exclusive: true })
  }

  send(datagram: Uint8Array, { host, port }: { readonly host: string; readonly port: number }) {
    this.#socket?.send(datagram, port, host, () => undefined)
  }

  close(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }
}

const everyMs = 1_000
/** Of five seconds by two lines. */
const mostTokens = 10
