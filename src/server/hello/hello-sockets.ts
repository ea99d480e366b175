/**
 * The helper's sockets: questions come to `hello`, one for each family, and are answered there; what
 * a house hands back comes to `inside`. Datagrams only; what they mean is the desk's.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Family } from '../../model/address.ts'
import { messageOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'
import { type HelloOrigin, helloInsidePort } from '../../model/tunnel/hello.ts'

export interface HelloSocketsParts {
  /** The answer; null: none. */
  readonly onQuestion: (bytes: Uint8Array, from: HelloOrigin) => Uint8Array | null
  readonly onInside: (bytes: Uint8Array, address: string) => void
  readonly log: Log
}

export class HelloSockets {
  readonly #parts: HelloSocketsParts
  readonly #sockets: readonly Socket[]
  readonly ports: Readonly<Record<Family, number>>
  #inside: { readonly address: string; readonly socket: Socket } | null = null

  private constructor(parts: HelloSocketsParts, ipv4: Socket, ipv6: Socket | null) {
    this.#parts = parts
    this.#sockets = ipv6 === null ? [ipv4] : [ipv4, ipv6]
    // A machine without IPv6 has nobody who asks by it; its rules want a number all the same.
    this.ports = { ipv4: ipv4.address().port, ipv6: (ipv6 ?? ipv4).address().port }
    for (const socket of this.#sockets) {
      socket.on('message', (bytes, from) => this.#answer(socket, bytes, from))
      this.#listen(socket)
    }
  }

  /** At any ports: nft leads the questions there, and nobody else. */
  static async open(parts: HelloSocketsParts): Promise<HelloSockets> {
    const ipv4 = createSocket('udp4')
    await bound(ipv4, {})
    const ipv6 = createSocket({ type: 'udp6', ipv6Only: true })
    try {
      await bound(ipv6, {})
      return new HelloSockets(parts, ipv4, ipv6)
    } catch (error) {
      parts.log.debug(`no hello by IPv6: ${messageOf(error)}`)
      ipv6.close()
      return new HelloSockets(parts, ipv4, null)
    }
  }

  /** null, or why it failed. Again with the same address it changes nothing. */
  async listenInside(address: string): Promise<string | null> {
    if (this.#inside?.address === address) return null
    this.#inside?.socket.close()
    this.#inside = null
    const socket = createSocket('udp4')
    try {
      await bound(socket, { address, port: helloInsidePort })
    } catch (error) {
      socket.close()
      return `listening on ${address}:${helloInsidePort}: ${messageOf(error)}`
    }
    socket.on('message', (bytes, from) => this.#parts.onInside(bytes, from.address))
    this.#listen(socket)
    this.#inside = { address, socket }
    return null
  }

  close(): void {
    for (const socket of [...this.#sockets, this.#inside?.socket]) socket?.close()
  }

  #answer(socket: Socket, bytes: Uint8Array, { address, port }: RemoteInfo): void {
    const answer = this.#parts.onQuestion(bytes, { address, port })
    // Who asked may be gone: then the packet is lost, as any may be.
    if (answer !== null) socket.send(answer, port, address, () => undefined)
  }

  #listen(socket: Socket): void {
    socket.on('error', (error) => this.#parts.log.debug(`a socket of the hello: ${error.message}`))
  }
}

async function bound(socket: Socket, options: { address?: string; port?: number }): Promise<void> {
  socket.bind({ ...options, exclusive: true })
  await once(socket, 'listening')
}
