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
  readonly #sockets: readonly Socket[]
  readonly #inside: Socket
  readonly #timer: NodeJS.Timeout
  /** What is under way, newest last: an answer to anything else is nobody's. */
  #tokens: readonly number[] = []
  #lastMs = 0

  constructor(parts: HelloParts) {
    this.#parts = parts
    const { lines, wan } = parts.both
    this.#inside = this.#open(helloPort(wan, wan))
    this.#sockets = lines.map((line) => this.#open(helloPort(line.wan, wan)))
    for (const socket of this.#sockets) {
      socket.on('message', (answer) => this.#handBack(answer))
    }
    this.#timer = setInterval(() => this.#ask(), everyMs)
  }

  close(): void {
    clearInterval(this.#timer)
    for (const socket of [...this.#sockets, this.#inside]) socket.close()
  }

  #open(port: number): Socket {
    const socket = createSocket('udp4')
    // A port that somebody holds, or a line without a way: the packets themselves go on.
    socket.on('error', (error) => this.#parts.log.debug(`the hello of a tunnel: ${error.message}`))
    socket.bind({ port, exclusive: true })
    return socket
  }

  #ask(): void {
    const { key, server } = this.#parts
    for (const socket of this.#sockets) {
      const token = randomBytes(4).readUInt32BE(0)
      // Each at a time of its own, and never before the last one, whatever the clock does.
      this.#lastMs = Math.max(this.#lastMs + 1, Date.now())
      this.#tokens = [...this.#tokens, token].slice(-mostTokens)
      const question = writeProvenQuestion({ house: key.house, askedAtMs: this.#lastMs, token })
      const proven = withProof(question, hmac(key.key, proofInput(question)))
      socket.send(proven, server.port, server.host, () => undefined)
    }
  }

  #handBack(answer: Uint8Array): void {
    const read = readHelloAnswer(answer)
    if (read === null || !this.#tokens.includes(read.token)) return
    this.#inside.send(answer, helloInsidePort, this.#parts.both.inside, () => undefined)
  }
}

const everyMs = 1_000
/** Of five seconds by two lines. */
const mostTokens = 10
