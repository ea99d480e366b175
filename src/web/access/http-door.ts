/**
 * One address that serves the page. It waits for an address that isn't there yet, or a port that
 * another program has, and logs either once. It cuts off a client that may not come in at once.
 */
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../daemon/clock.ts'
import type { Log } from '../../model/log.ts'

export interface DoorParts {
  /** null: every address of this host, of both families where there are both. */
  readonly host: string | null
  readonly port: number
  /** The clients that it answers; null: all that the kernel lets through. */
  readonly peers: readonly string[] | null
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
  /** Nobody misses it if it can't open: the second of two loopback addresses. */
  readonly optional?: boolean
  readonly clock: Clock
  readonly log: Log
}

export class HttpDoor {
  readonly #parts: DoorParts
  readonly #server: Server
  #logged: string | null = null
  #cancel: () => void = () => {}
  #closed = false
  /** The oldest first. */
  readonly #connections = new Set<Socket>()
  /** What was asked for and isn't answered yet: who saves options ends the daemon that answers. */
  readonly #answering = new Set<ServerResponse>()

  constructor(parts: DoorParts) {
    this.#parts = parts
    this.#server = createServer(bounds, (request, response) => {
      for (const [name, value] of Object.entries(safety)) response.setHeader(name, value)
      if (request.method === 'POST') this.#owe(response)
      parts.listener(request, response)
    })
    this.#server.maxRequestsPerSocket = maxRequests
    this.#server.on('dropRequest', (_, socket) => socket.destroy())
    this.#server.setTimeout(idleMs)
    this.#server.on('connection', (socket) => {
      const { peers } = parts
      if (peers !== null && !peers.includes(socket.remoteAddress ?? '')) socket.destroy()
      else this.#admit(socket)
    })
    this.#server.on('error', (error: NodeJS.ErrnoException) => this.#failed(error))
    this.#server.on('listening', () => {
      this.#logged = null
      parts.log.info(`the web page is at ${urlOf(parts)}`)
    })
  }

  /** Tries until it is open or closed. */
  open(): void {
    const { host, port } = this.#parts
    if (!this.#closed) this.#server.listen(host === null ? { port } : { host, port })
  }

  /** Answers what was asked for, for a second at most, and ends all else at once. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel()
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    await this.#answered()
    this.#server.closeAllConnections()
    await closed
  }

  #owe(response: ServerResponse): void {
    this.#answering.add(response)
    response.once('close', () => this.#answering.delete(response))
  }

  async #answered(): Promise<void> {
    const { clock } = this.#parts
    const answers = [...this.#answering].map((one) => once(one, 'close'))
    if (answers.length === 0) return
    let cancel = (): void => {}
    const patience = new Promise<void>((resolve) => {
      cancel = clock.wake(clock.nowMs() + answerMs, resolve)
    })
    await Promise.race([Promise.all(answers), patience])
    cancel()
  }

  /** Who comes last may come in: were it the first who stay, 64 slow ones would shut the page. */
  #admit(socket: Socket): void {
    this.#connections.add(socket)
    socket.once('close', () => this.#connections.delete(socket))
    if (this.#connections.size <= maxConnections) return
    const [oldest] = this.#connections
    if (oldest === undefined) return
    this.#connections.delete(oldest)
    oldest.destroy()
  }

  #failed(error: NodeJS.ErrnoException): void {
    const { clock, log, optional = false } = this.#parts
    if (this.#closed || this.#server.listening) return
    if (optional && missing.includes(error.code ?? '')) return
    const reason = `can't serve the web page at ${urlOf(this.#parts)}: ${reasonOf(error)}`
    if (reason !== this.#logged) log.warn(`${reason}; it tries again every ${retryMs / 1000} s`)
    this.#logged = reason
    this.#cancel = clock.wake(clock.nowMs() + retryMs, () => this.open())
  }
}

/**
 * No inline scripts or styles: code that somebody smuggles into a name or a reason doesn't run.
 * Lit's styles are constructed, so `style-src` doesn't apply to them.
 */
const safety = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The page's files override it; everything else is new each time.
  'Cache-Control': 'no-store',
}

function urlOf({ host, port }: DoorParts): string {
  if (host === null) return `port ${port} of every address of this host`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another program has this port; change web.port'
    case 'EADDRNOTAVAIL':
      return 'this host does not have the address yet'
    default:
      return error.message
  }
}

/** No such address, or no such family. */
const missing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']

/** An `import` reads each thing that `node:http` exports, and one of them loads all of `fetch`. */
const { createServer } = process.getBuiltinModule('node:http')

const bounds = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
}
/** Ingress keeps some connections open, and a browser has six. */
const maxConnections = 64
/** The last answer closes the connection; who asks on, without reading the answers, is cut off. */
const maxRequests = 100
/** Longer than the pause between two signs of life of the event stream. */
const idleMs = 40_000
const retryMs = 5_000
const answerMs = 1_000
