/**
 * The daemon's own socket on this host, one for each network namespace. While a daemon holds it, a
 * second instance refuses to start. A client that connects gets JSON: whether the daemon's loop
 * turns, and the snapshot. It takes no commands.
 */
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../model/caught-error.ts'
import type { Snapshot } from '../model/published/snapshot.ts'
import { makeFolder, socketPlace } from './socket-place.ts'

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
  const { folder, lockPath, socketPath } = socketPlace()
  const made = makeFolder(folder)
  if (made.kind !== 'found') {
    const reason = made.kind === 'refused' ? made.reason : `the folder ${folder} is gone again`
    return Promise.resolve({ kind: 'refused', reason })
  }
  const lock = takeLock(lockPath)
  if (lock.kind === 'refused') return Promise.resolve(lock)
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
    const refuse = (error: unknown): void => {
      lock.release()
      const message = messageOf(error)
      resolve({ kind: 'refused', reason: `can't open the control socket: ${message}` })
    }
    server.once('error', refuse)
    try {
      // Who has the lock knows that no daemon is behind a socket that stands here.
      rmSync(socketPath, { force: true })
    } catch (error) {
      refuse(error)
      return
    }
    server.listen({ path: socketPath }, () => {
      const release = async (): Promise<void> => {
        await closed(server, open)
        lock.release()
      }
      resolve({ kind: 'held', release })
    })
  })
}

type Lock =
  | { readonly kind: 'taken'; release(): void }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * A lock that ends with the process, however that ends, so that of two starts exactly one wins. Node
 * has no call for it, but SQLite takes one (sqlite.org/lockingv3.html) on a file of its own.
 */
function takeLock(path: string): Lock {
  try {
    const file = new DatabaseSync(path)
    try {
      file.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      file.close()
      throw error
    }
    return { kind: 'taken', release: () => file.close() }
  } catch (error) {
    const busy = error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
    const reason = busy
      ? 'another WAN Failover already runs in this network; stop it first'
      : `can't lock ${path}: ${messageOf(error)}`
    return { kind: 'refused', reason }
  }
}

/** Cuts off clients that are still connected: the daemon's end waits for nobody. */
function closed(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** SQLITE_BUSY, sqlite.org/rescode.html. */
const sqliteBusy = 5
const maxConnections = 16
const timeoutMs = 2_000
