/**
 * The daemon's own socket on this host: an abstract Unix socket, one for each network namespace.
 * While a daemon holds it, a second instance refuses to start. A client that connects gets JSON:
 * whether the daemon's loop turns, and the snapshot. It takes no commands: every local user can
 * connect.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { Snapshot } from '../model/published/snapshot.ts'

export type Holding =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'refused'; readonly reason: string }

/** The answer to every client. */
export interface ControlAnswer {
  /** Whether the daemon's loop has turned lately; `health` needs no more. */
  readonly turning: boolean
  /** null until the first one. */
  readonly snapshot: Snapshot | null
}

/** Takes the socket; it calls `answer` for each client. */
export function holdControlSocket(answer: () => ControlAnswer): Promise<Holding> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.end(JSON.stringify(answer()))
  })
  server.maxConnections = maxConnections
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'another WAN Failover already runs in this network; stop it first'
          : `can't open the control socket: ${error.message}`
      resolve({ kind: 'refused', reason })
    })
    server.listen({ path: socketPath }, () => {
      resolve({ kind: 'held', release: () => closed(server, open) })
    })
  })
}

export type Asked =
  /** `snapshot` is null if the daemon has just started. */
  | { readonly kind: 'answered'; readonly turning: boolean; readonly snapshot: unknown }
  | { readonly kind: 'silent'; readonly reason: string }

/** Asks the running daemon of this network namespace. */
export function askControlSocket(): Promise<Asked> {
  return new Promise((resolve) => {
    let text = ''
    const socket = createConnection({ path: socketPath })
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error('the running daemon does not answer')),
    )
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.length > maxAnswer)
        socket.destroy(new Error('the answer of the running daemon is too long'))
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ECONNREFUSED'
      const reason = missing ? 'no WAN Failover runs in this network' : error.message
      resolve({ kind: 'silent', reason })
    })
    socket.on('close', () => resolve(parsed(text)))
  })
}

function parsed(text: string): Asked {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null || !('turning' in answer)) {
      return { kind: 'silent', reason: 'the running daemon has another version' }
    }
    const snapshot = 'snapshot' in answer ? answer.snapshot : null
    return { kind: 'answered', turning: answer.turning === true, snapshot }
  } catch (error) {
    return {
      kind: 'silent',
      reason: `the answer of the running daemon is no JSON: ${String(error)}`,
    }
  }
}

/** Cuts off clients that are still connected: the daemon's end waits for nobody. */
function closed(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** The leading zero byte makes it abstract: it always ends with the process. */
const socketPath = '\0wan_failover'
const maxConnections = 16
const timeoutMs = 2_000
const maxAnswer = 1_000_000
