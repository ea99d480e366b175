/**
 * Where the control socket is: a folder that nobody else can put anything into, with one name for
 * each network namespace. A name that any local user may take would let them keep the daemon from
 * starting, and speak in its name.
 */
import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { codeOf, messageOf } from '../model/caught-error.ts'

export interface SocketPlace {
  readonly folder: string
  readonly socketPath: string
  /** What keeps a second daemon out is a lock on this file; the socket may be left over. */
  readonly lockPath: string
  /** See page-key.ts. */
  readonly pagePath: string
  /** Of the other box's address, and of the program that takes it. */
  readonly pairFolder: string
  /** Of the programs that dial, and what they are told. */
  readonly dialFolder: string
}

export type Found<Value> =
  | ({ readonly kind: 'found' } & Value)
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'missing' }

export function socketPlace(): SocketPlace {
  // systemd names the folder that it has made for the service, systemd.exec(5), RuntimeDirectory.
  const [given = ''] = (process.env['RUNTIME_DIRECTORY'] ?? '').split(':')
  const folder = isAbsolute(given) ? given : usualFolder
  const namespace = readlinkSync('/proc/self/ns/net').replaceAll(/\D/g, '')
  const base = `${folder}/${namespace}`
  return {
    ...{ folder, socketPath: `${base}.sock`, lockPath: `${base}.lock`, pagePath: `${base}.page` },
    pairFolder: `${base}.pair`,
    dialFolder: `${base}.dial`,
  }
}

/** Makes the folder where it is missing, and says why it may not be used. */
export function makeFolder(folder: string): Found<object> {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return refused(`can't make the folder ${folder}`, error)
  }
  return checkFolder(folder)
}

/** Whether what stands in this folder can only be ours, or that of the service that root runs. */
export function checkFolder(folder: string): Found<object> {
  const stat = statOf(folder)
  if (stat.kind !== 'found') return stat
  const { stats } = stat
  const me = process.geteuid?.() ?? 0
  if (!stats.isDirectory()) return untrusted(`${folder} is no folder`)
  if ((stats.mode & othersMay) !== 0) return untrusted(`others may use the folder ${folder}`)
  // As root we ask a service that runs as another user: only root can have made its folder.
  const byRoot = me === 0 && onlyRootWrites(dirname(folder))
  if (stats.uid !== me && !byRoot) {
    const who = me === 0 ? 'a user who may not own it' : 'another user: run this as root'
    return untrusted(`the folder ${folder} belongs to ${who}`)
  }
  return { kind: 'found' }
}

/** Whether the socket itself is one, and of whom the folder is. */
export function checkSocket({ folder, socketPath }: SocketPlace): Found<object> {
  const checked = checkFolder(folder)
  if (checked.kind !== 'found') return checked
  const [socket, owner] = [statOf(socketPath), statOf(folder)]
  if (socket.kind !== 'found') return socket
  if (owner.kind !== 'found') return owner
  const isTheirs = socket.stats.isSocket() && socket.stats.uid === owner.stats.uid
  return isTheirs ? { kind: 'found' } : untrusted(`${socketPath} is not the daemon's`)
}

function statOf(path: string): Found<{ readonly stats: Stats }> {
  try {
    return { kind: 'found', stats: lstatSync(path) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' }
    return refused(`can't look at ${path}`, error)
  }
}

function onlyRootWrites(folder: string): boolean {
  const stat = statOf(folder)
  return stat.kind === 'found' && stat.stats.uid === 0 && (stat.stats.mode & othersMayWrite) === 0
}

function untrusted(what: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason: `the control socket can't be trusted: ${what}` }
}

function refused(what: string, error: unknown): { readonly kind: 'refused'; reason: string } {
  const message = messageOf(error)
  return { kind: 'refused', reason: `${what}: ${message}` }
}

/** As addon/wan-failover.service has it made. */
const usualFolder = '/run/wan-failover'
const othersMay = 0o077
const othersMayWrite = 0o022
