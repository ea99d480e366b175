/**
 * The daemon's own door on this host: an abstract Unix socket, one a network namespace. Holding it
 * is what makes a second instance refuse to start; whoever connects is told as JSON whether the
 * daemon's loop turns, and the snapshot. It takes no commands: every local user can connect.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { Snapshot } from '../model/published/snapshot.ts'

export type Holding =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'refused'; readonly reason: string }

/** What is told to whoever asks. */
export interface Told {
  /** Whether the daemon's loop has turned lately; `health` needs no more. */
  readonly turning: boolean
  /** null while there is none. */
  readonly snapshot: Snapshot | null
}

/** Takes the door; `tell` is asked anew for everyone who connects. */
export function holdControlSocket(tell: () => Told): Promise<Holding> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.end(JSON.stringify(tell()))
  })
  server.maxConnections = maxConnections
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'another WAN Failover runs in this network already; stop it first'
          : `the control socket can't be made: ${error.message}`
      resolve({ kind: 'refused', reason })
    })
    server.listen({ path: socketPath }, () => {
      resolve({ kind: 'held', release: () => closed(server, open) })
    })
  })
}

export type Asked =
  /** `snapshot` is null where the daemon has just started. */
  | { readonly kind: 'told'; readonly turning: boolean; readonly snapshot: unknown }
  | { readonly kind: 'silent'; readonly reason: string }

/** Asks the running daemon of this network namespace. */
export function askControlSocket(): Promise<Asked> {
  return new Promise((resolve) => {
    let text = ''
    const socket = createConnection({ path: socketPath })
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('it does not answer')))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.length > maxAnswer) socket.destroy(new Error('its answer is too long'))
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
      return { kind: 'silent', reason: 'the running daemon is of another version' }
    }
    const snapshot = 'snapshot' in answer ? answer.snapshot : null
    return { kind: 'told', turning: answer.turning === true, snapshot }
  } catch (error) {
    return { kind: 'silent', reason: `its answer is no JSON: ${String(error)}` }
  }
}

/** Whoever still hangs on is cut off: the daemon's end waits for nobody. */
function closed(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** The leading zero byte makes it abstract: it ends with the process, whatever happens. */
const socketPath = '\0wan_failover'
const maxConnections = 16
const timeoutMs = 2_000
const maxAnswer = 1_000_000
