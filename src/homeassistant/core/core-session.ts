/**
 * One websocket connection to Home Assistant Core, from the attempt to its end; each connection
 * has a session of its own. home-assistant-js-websocket speaks the protocol; it is loaded with the
 * first connection, so without a Supervisor it costs nothing. A session never reconnects, never
 * throws, and never leaves a caller waiting.
 */
import type { Connection, HaWebSocket } from 'home-assistant-js-websocket'
import { settledWithin } from '../deadline.ts'
import { type SupervisorAccess, SupervisorApi, usualBaseUrl } from '../supervisor/supervisor-api.ts'

export type Opening =
  | { readonly kind: 'open'; readonly session: CoreSession }
  /** It answers, and doesn't let us in. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

export type CoreOutcome =
  | { readonly kind: 'done'; readonly result: unknown }
  /** Home Assistant's own error code, as `not_found`, and its words. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string }
  /** Home Assistant has the command, but takes longer than we wait. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'lost' }

/** A command of Home Assistant's websocket API: its type, and the fields of that type. */
export interface CoreCommand {
  readonly type: string
  readonly [field: string]: unknown
}

/** For opening and authentication; the Supervisor itself waits ten seconds for the latter. */
const openingMs = 10_000

/** All services of a large house, with their descriptions, are about a tenth of this. */
const maxMessageChars = 16_777_216

export async function openCoreSession(access: SupervisorAccess): Promise<Opening> {
  const { baseUrl = usualBaseUrl, token } = access
  const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/core/websocket`)
  socket.addEventListener('message', refuseGarbage)
  const admission = await settledWithin(admitted(socket, token), openingMs)
  if (admission?.kind === 'admitted') {
    const library = await import('home-assistant-js-websocket')
    if (socket.readyState === WebSocket.OPEN) {
      const connection = connectionOn(socket, admission.version, library)
      return { kind: 'open', session: new CoreSession(connection) }
    }
  }
  socket.close()
  return admission?.kind === 'refused' ? { kind: 'refused', reason: noRight } : why(access)
}

/** Node's WebSocket doesn't say why it failed; a plain request by the same path does. */
async function why(access: SupervisorAccess): Promise<Opening> {
  const reply = await new SupervisorApi(access).ask({ method: 'GET', path: '/core/api/' })
  if (reply.kind !== 'replied') return { kind: 'unreachable', reason: reply.reason }
  const { status } = reply
  if (status === 401 || status === 403) return { kind: 'refused', reason: noRight }
  return { kind: 'unreachable', reason: `it isn't ready yet (${status})` }
}

const noRight = 'the Supervisor refuses our token: this add-on may not use the Home Assistant API'

function connectionOn(socket: WebSocket, version: string, library: Library): Connection {
  const known: HaWebSocket = Object.assign(socket, { haVersion: version })
  return new library.Connection(known, {
    setupRetry: 0,
    // Never called: the session ends with its first socket.
    createSocket: () => Promise.reject(new Error('a session does not reconnect')),
  })
}

type Library = typeof import('home-assistant-js-websocket')

export class CoreSession {
  readonly #connection: Connection
  #onDown: (() => void) | null = null
  #down = false

  constructor(connection: Connection) {
    this.#connection = connection
    connection.addEventListener('disconnected', () => this.end())
  }

  get version(): string {
    return this.#connection.haVersion
  }

  get isUp(): boolean {
    return !this.#down && this.#connection.connected
  }

  /** Called once: the connection is gone, whichever side ended it. */
  set onDown(listener: () => void) {
    this.#onDown = listener
    if (this.#down) listener()
  }

  async ask(command: CoreCommand, patienceMs = 10_000): Promise<CoreOutcome> {
    if (!this.isUp) return { kind: 'lost' }
    const asked = this.#connection.sendMessagePromise(command).then(
      (result): CoreOutcome => ({ kind: 'done', result }),
      (error: unknown): CoreOutcome => refusalOf(error),
    )
    return (await settledWithin(asked, patienceMs)) ?? { kind: 'unanswered' }
  }

  /** `listener` must not throw. A subscription ends with the session. */
  async listen(eventType: string, listener: (data: unknown) => void): Promise<CoreOutcome> {
    if (!this.isUp) return { kind: 'lost' }
    const subscribed = this.#connection
      .subscribeEvents((event: { readonly data?: unknown }) => listener(event.data), eventType)
      .then(
        (): CoreOutcome => ({ kind: 'done', result: null }),
        (error: unknown): CoreOutcome => refusalOf(error),
      )
    return (await settledWithin(subscribed, 10_000)) ?? { kind: 'unanswered' }
  }

  end(): void {
    if (this.#down) return
    this.#down = true
    this.#connection.close()
    this.#onDown?.()
  }
}

type Admission =
  | { readonly kind: 'admitted'; readonly version: string }
  | { readonly kind: 'refused' | 'failed' }

/** Sends the token, and waits until Home Assistant accepts it. */
function admitted(socket: WebSocket, token: string): Promise<Admission> {
  return new Promise((resolve) => {
    socket.addEventListener('error', () => resolve({ kind: 'failed' }))
    socket.addEventListener('close', () => resolve({ kind: 'failed' }))
    const receive = (event: MessageEvent) => {
      const { type, ha_version: version } = JSON.parse(String(event.data))
      if (type === 'auth_required') {
        socket.send(JSON.stringify({ type: 'auth', access_token: token }))
      } else if (type === 'auth_invalid') {
        resolve({ kind: 'refused' })
      } else if (type === 'auth_ok') {
        socket.removeEventListener('message', receive)
        resolve({ kind: 'admitted', version: String(version) })
      }
    }
    socket.addEventListener('message', receive)
  })
}

/** The library's listener would throw on what it can't read, and end the process. */
function refuseGarbage(event: MessageEvent): void {
  if (isReadable(event.data)) return
  event.stopImmediatePropagation()
  if (event.target instanceof WebSocket) event.target.close()
}

function isReadable(data: unknown): boolean {
  if (typeof data !== 'string' || data.length > maxMessageChars) return false
  try {
    const messages: unknown[] = [JSON.parse(data)].flat()
    return messages.every((message) => typeof message === 'object' && message !== null)
  } catch {
    // The parser throws only for text that is no JSON.
    return false
  }
}

function refusalOf(error: unknown): CoreOutcome {
  // The library rejects with Home Assistant's error, or with a number of its own if the connection
  // is lost.
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const { code, message } = error
    if (typeof code === 'string') return { kind: 'refused', code, reason: String(message) }
  }
  return { kind: 'lost' }
}
