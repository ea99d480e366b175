/**
 * A Home Assistant Core for tests: its websocket and REST API as far as we use them, over real
 * sockets, with the state that matters: who was notified, which states stand, what was fired.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export interface ServiceCall {
  readonly domain: string
  readonly service: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface ConfigEntry {
  readonly entry_id: string
  readonly domain: string
  readonly title: string
  readonly source: string
  readonly state: string
  readonly disabled_by: string | null
}

export const mqttEntry: ConfigEntry = {
  entry_id: '01JDB7',
  domain: 'mqtt',
  title: 'core-mosquitto',
  source: 'hassio',
  state: 'loaded',
  disabled_by: null,
}

interface Command {
  readonly id: number
  readonly type: string
  readonly [field: string]: unknown
}

export class FakeCore {
  readonly token = 'long-lived-token'
  readonly #server: Server
  readonly #sockets: WebSocketServer
  readonly #subscriptions = new Map<WebSocket, Map<number, string>>()
  /** As `GET /api/config` has it: `STARTING` until its integrations are set up. */
  state: 'STARTING' | 'RUNNING' = 'RUNNING'
  readonly fired: { readonly type: string; readonly data: unknown }[] = []
  readonly calls: ServiceCall[] = []
  services: readonly string[] = ['mobile_app_phone', 'family', 'persistent_notification']
  /** Services whose schema knows title and message only. */
  plainServices: readonly string[] = []
  /** By notification id, what stands in the list. */
  readonly notifications = new Map<string, unknown>()
  entries: ConfigEntry[] = []
  readonly states = new Map<string, { state: string; attributes: Record<string, unknown> }>()
  /** Every change of a state, as `POST <entity id>`. */
  readonly stateRequests: string[] = []
  /** The type of every command that came. */
  readonly received: string[] = []
  /** Types of commands that never get an answer, and are not carried out. */
  silent: readonly string[] = []

  static async start(): Promise<FakeCore> {
    const core = new FakeCore()
    core.#server.listen(0, '127.0.0.1')
    await once(core.#server, 'listening')
    return core
  }

  private constructor() {
    this.#server = createServer((request, response) => void this.#rest(request, response))
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/api/websocket' })
    this.#sockets.on('connection', (socket) => this.#connected(socket))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** As a restart: nobody is connected, and what only its memory held is gone. */
  restart(state: 'STARTING' | 'RUNNING' = 'RUNNING'): void {
    this.state = state
    this.states.clear()
    this.notifications.clear()
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  finishStarting(): void {
    this.state = 'RUNNING'
    this.fire('homeassistant_started', {})
  }

  /** How many subscriptions there are for events of this type. */
  listeners(type: string): number {
    return [...this.#subscriptions.values()]
      .flatMap((subscriptions) => [...subscriptions.values()])
      .filter((wanted) => wanted === type).length
  }

  fire(type: string, data: unknown): void {
    for (const [socket, subscriptions] of this.#subscriptions) {
      for (const [id, wanted] of subscriptions) {
        if (wanted === type) say(socket, { id, type: 'event', event: { event_type: type, data } })
      }
    }
  }

  /** To everyone who is connected, whatever it is. */
  sayRaw(text: string): void {
    for (const socket of this.#sockets.clients) socket.send(text)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #connected(socket: WebSocket): void {
    say(socket, { type: 'auth_required', ha_version: '2026.11.0' })
    socket.once('message', (data) => {
      if (JSON.parse(String(data)).access_token !== this.token) {
        say(socket, { type: 'auth_invalid', message: 'Invalid access token or password' })
        socket.close()
        return
      }
      say(socket, { type: 'auth_ok', ha_version: '2026.11.0' })
      this.#subscriptions.set(socket, new Map())
      socket.on('message', (text) => this.#command(socket, JSON.parse(String(text))))
    })
    socket.on('close', () => this.#subscriptions.delete(socket))
  }

  #command(socket: WebSocket, command: Command): void {
    const { id, type } = command
    this.received.push(type)
    if (this.silent.includes(type)) return
    if (type === 'ping') {
      say(socket, { id, type: 'pong' })
    } else {
      const answer = this.#carryOut(socket, command)
      say(socket, { id, type: 'result', success: !('error' in answer), ...answer })
    }
  }

  #carryOut(socket: WebSocket, command: Command): { result: unknown } | { error: unknown } {
    switch (command.type) {
      case 'get_config':
        return { result: { state: this.state, version: '2026.11.0' } }
      case 'get_services':
        return { result: { notify: Object.fromEntries(this.services.map((name) => [name, {}])) } }
      case 'config_entries/get':
        return { result: this.entries.filter(({ domain }) => domain === command['domain']) }
      case 'subscribe_events':
        this.#subscriptions.get(socket)?.set(command.id, String(command['event_type']))
        return { result: null }
      case 'fire_event':
        this.fired.push({ type: String(command['event_type']), data: command['event_data'] })
        return { result: { context: {} } }
      case 'call_service':
        return this.#call({
          domain: String(command['domain']),
          service: String(command['service']),
          data: (command['service_data'] ?? {}) as Record<string, unknown>,
        })
      default:
        return { error: { code: 'unknown_command', message: 'Unknown command.' } }
    }
  }

  #call(call: ServiceCall): { result: unknown } | { error: unknown } {
    const { domain, service, data } = call
    if (domain === 'notify' && !this.services.includes(service)) {
      const message = `Action notify.${service} not found`
      return { error: { code: 'not_found', message } }
    }
    if (this.plainServices.includes(service) && 'data' in data) {
      return { error: { code: 'invalid_format', message: "extra keys not allowed @ data['data']" } }
    }
    if (domain === 'persistent_notification') {
      const id = String(data['notification_id'])
      if (service === 'dismiss') this.notifications.delete(id)
      else this.notifications.set(id, { title: data['title'], message: data['message'] })
    }
    this.calls.push(call)
    return { result: { context: {} } }
  }

  #allServices(): unknown {
    const described = Object.fromEntries(this.services.map((name) => [name, { fields: {} }]))
    return [
      { domain: 'light', services: { turn_on: { fields: {} } } },
      { domain: 'notify', services: described },
    ]
  }

  async #rest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const id = path.replace('/api/states/', '')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.headers.authorization !== `Bearer ${this.token}`) return reply(response, 401, {})
    if (path === '/api/') return reply(response, 200, { message: 'API running.' })
    if (path === '/api/services') return reply(response, 200, this.#allServices())
    this.stateRequests.push(`${request.method} ${id}`)
    if (request.method === 'POST') {
      const isNew = !this.states.has(id)
      this.states.set(id, JSON.parse(String(Buffer.concat(chunks))))
      return reply(response, isNew ? 201 : 200, {})
    }
    const there = this.states.delete(id)
    return reply(response, there ? 200 : 404, { message: there ? 'Entity removed.' : 'Not found.' })
  }
}

function say(socket: WebSocket, message: unknown): void {
  socket.send(JSON.stringify(message))
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}
