/**
 * A Supervisor for tests: a real HTTP server with the few paths that we ask, guarded by a token as
 * the real one, and its proxy to Home Assistant Core.
 *
 *     const supervisor = await StandInSupervisor.start({ core: { url, token } })
 *     new Supervisor({ token: supervisor.token, baseUrl: supervisor.url })
 *     supervisor.answer('/services/mqtt', ok({ ...mqttService, host: '127.0.0.1', port }))
 *     supervisor.answer('/network/info', refused(502))       // or 'silence', 'cut'
 *     supervisor.core = null                                 // Core restarts: 502, sockets cut
 *     await supervisor.close()
 *
 * From the start it answers `/addons/self/info`, `/network/info`, `/host/info` and `/dns/info` as in
 * supervisor-answers.ts, and `/services/mqtt` with 400, for there is no broker yet.
 * What the add-on asks of itself `addon` answers: it keeps the options, and checks them as the real one
 * does. An answer that is set for such a path comes first. By `/ingress/` the add-on's page is reached.
 *
 * `/core/websocket` and `/core/api/*` go on to `core.url` (for example `http://127.0.0.1:8123`),
 * with the Supervisor's token replaced by the long-lived `core.token`, as the real one does it.
 *
 * The daemon asks `http://supervisor`. A test that starts it as a child inside a private mount
 * namespace starts this one with `port: 80` and calls `callItSupervisor('127.0.0.1')` before; the
 * child gets `SUPERVISOR_TOKEN` in its environment.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { StandInAddon } from './stand-in-addon.ts'
import { type Answer, ok, refused } from './stand-in-answer.ts'
import { passIngress } from './stand-in-ingress.ts'
import { dnsInfo, hostInfo, networkInfo } from './supervisor-answers.ts'

export interface StandInOptions {
  readonly token?: string
  readonly host?: string
  readonly port?: number
  readonly core?: Core | null
}

/** Home Assistant's address, and a long-lived token of an administrator. */
export interface Core {
  readonly url: string
  readonly token: string
}

/** Makes `http://supervisor` this address, for this mount namespace and what is started in it. */
export function callItSupervisor(address: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'hosts-'))
  const hosts = join(folder, 'hosts')
  writeFileSync(hosts, `${address} supervisor\n${readFileSync('/etc/hosts', 'utf8')}`)
  // By hand this would change the machine's own names: only the lab has a namespace of its own.
  if (readFileSync('/proc/self/mountinfo', 'utf8').includes(' shared:')) {
    throw new Error('callItSupervisor is for a private mount namespace (enter-namespace.ts)')
  }
  execFileSync('mount', ['--bind', hosts, '/etc/hosts'], { timeout: 5_000 })
  // The mount keeps the file itself.
  rmSync(folder, { recursive: true })
}

export class StandInSupervisor {
  readonly token: string
  /** Every request that came, as `GET /host/info`, upgrades too. */
  readonly requests: string[] = []
  /** Which asks, and whose options are kept here. */
  readonly addon = new StandInAddon()
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true })
  readonly #answers = new Map<string, Answer>([
    ['/services/mqtt', refused(400, 'Service not enabled')],
    ['/network/info', ok(networkInfo)],
    ['/host/info', ok(hostInfo)],
    ['/dns/info', ok(dnsInfo)],
  ])
  #core: Core | null

  static async start(options: StandInOptions = {}): Promise<StandInSupervisor> {
    const standIn = new StandInSupervisor(options)
    standIn.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
    await once(standIn.#server, 'listening')
    return standIn
  }

  private constructor({ token = 'supervisor-token', core = null }: StandInOptions) {
    this.token = token
    this.#core = core
    this.#server = createServer((request, response) => {
      if (!passIngress(request, response)) this.#asked(request, response)
    })
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo
    return `http://${address}:${port}`
  }

  answer(path: string, answer: Answer): void {
    this.#answers.set(path, answer)
  }

  /** What it would answer by itself again. */
  forget(path: string): void {
    this.#answers.delete(path)
  }

  /** null while Core isn't there; a change cuts the sockets that lead to the one before. */
  set core(core: Core | null) {
    this.#core = core
    this.cutSockets()
  }

  cutSockets(): void {
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  async close(): Promise<void> {
    this.cutSockets()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #asked(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '/', 'http://supervisor').pathname
    this.requests.push(`${request.method} ${path}`)
    const answer = this.#answers.get(path)
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      send(response, { status: 401, body: '401: Unauthorized' })
    } else if (answer !== undefined) {
      send(response, answer)
    } else if (path.startsWith('/addons/self/')) {
      this.#askedOfAddon(request, response, path).catch((error) => {
        send(response, refused(400, String(error)))
      })
    } else if (path.startsWith('/core/api/')) {
      this.#passOn(request, response, path.slice('/core'.length)).catch((error) => {
        send(response, { status: 502, body: `502: ${error}` })
      })
    } else {
      send(response, { status: 404, body: '404: Not Found' })
    }
  }

  async #askedOfAddon(request: IncomingMessage, response: ServerResponse, path: string) {
    const body = await textOf(request)
    send(response, this.addon.answer(`${request.method} ${path}`, body))
  }

  async #passOn(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const core = this.#core
    if (core === null) return send(response, { status: 502, body: '502: Bad Gateway' })
    const body = await textOf(request)
    const passed = await fetch(`${core.url}${path}`, {
      method: request.method ?? 'GET',
      headers: { Authorization: `Bearer ${core.token}`, 'Content-Type': 'application/json' },
      ...(body === '' ? {} : { body }),
      signal: AbortSignal.timeout(10_000),
    })
    send(response, { status: passed.status, body: await passed.text() })
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.requests.push(`UPGRADE ${request.url}`)
    const core = this.#core
    if (request.url !== '/core/websocket' || core === null) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n')
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#authenticate(client, core))
  }

  /** Asks for its own token first; it calls Core only for a client that has it. */
  #authenticate(client: WebSocket, core: Core): void {
    client.on('error', () => client.terminate())
    client.send(JSON.stringify({ type: 'auth_required', ha_version: '2026.11.0' }))
    client.once('message', (data) => {
      const { access_token: token } = JSON.parse(String(data))
      if (token !== this.token) {
        client.send(JSON.stringify({ type: 'auth_invalid', message: 'Invalid access' }))
        client.close()
        return
      }
      client.send(JSON.stringify({ type: 'auth_ok', ha_version: '2026.11.0' }))
      this.#join(client, core)
    })
  }

  #join(client: WebSocket, core: Core): void {
    const upstream = new WebSocket(`${core.url.replace('http', 'ws')}/api/websocket`)
    // What the client says before Core has let us in.
    const early: RawData[] = []
    let admitted = false
    upstream.on('message', (data) => {
      if (admitted) return client.send(String(data))
      const { type } = JSON.parse(String(data))
      if (type === 'auth_required') {
        upstream.send(JSON.stringify({ type: 'auth', access_token: core.token }))
      } else if (type === 'auth_ok') {
        admitted = true
        for (const message of early) upstream.send(String(message))
      } else {
        client.close()
      }
    })
    client.on('message', (data) => {
      if (admitted) upstream.send(String(data))
      else early.push(data)
    })
    client.on('close', () => upstream.terminate())
    upstream.on('close', () => client.close())
    upstream.on('error', () => client.terminate())
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return
  if (answer === 'cut') {
    response.destroy()
    return
  }
  response.writeHead(answer.status, { 'Content-Type': 'application/json' })
  response.end(answer.body)
}
