/**
 * What a program did, out of strace's words (`-ff -y`, a file for each process), as the things
 * that AppArmor asks its profile about. What failed is left out: nothing was opened then.
 */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { FilePermission } from './apparmor-profile.ts'

export type TraceEvent =
  | { readonly kind: 'file'; readonly path: string; readonly permission: FilePermission }
  /** As `inet stream`. */
  | { readonly kind: 'socket'; readonly socket: string }
  /** As `kill`. */
  | { readonly kind: 'signal'; readonly signal: string }

/** For strace's `-e trace=`: everything that AppArmor has an opinion on. */
export const tracedCalls = '%file,socket,bind,connect,mmap,flock,fcntl,ftruncate,fchmod,kill'

/** All files of a trace, `prefix` being what strace was given as `-o`. */
export function readTrace(prefix: string): TraceEvent[] {
  const folder = dirname(prefix)
  const events = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => path.startsWith(`${prefix}.`))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n').flatMap(eventsOf))
  const distinct = new Map(events.map((event) => [JSON.stringify(event), event]))
  return [...distinct.values()]
}

/** `openat(AT_FDCWD</>, "/etc/hosts", O_RDONLY) = 3</etc/hosts>`. */
export function eventsOf(line: string): TraceEvent[] {
  const match = /^(\w+)\((.*)\)\s+= (\d+)(?:<(.*)>)?/.exec(line)
  if (match === null) return []
  const [, call = '', words = '', , opened = ''] = match
  switch (call) {
    case 'open':
    case 'openat':
    case 'creat':
      return openEvents(words, opened)
    case 'execve':
      return execEvents(pathIn(words))
    case 'mmap':
      return words.includes('PROT_EXEC') ? filesAs(descriptorIn(words), 'm') : []
    case 'flock':
      return filesAs(descriptorIn(words), 'k')
    case 'fcntl':
      return /F_(OFD_)?SETLKW?\b/.test(words) ? filesAs(descriptorIn(words), 'k') : []
    case 'ftruncate':
    case 'fchmod':
      return filesAs(descriptorIn(words), 'w')
    case 'rename':
    case 'renameat':
    case 'renameat2':
      return renameEvents(words)
    case 'mkdir':
    case 'mkdirat':
    case 'rmdir':
      return filesAs(`${pathIn(words)}/`, 'w')
    case 'unlink':
    case 'unlinkat':
    case 'symlink':
    case 'chmod':
    case 'truncate':
      return filesAs(pathIn(words), 'w')
    case 'socket':
      return socketEvents(words)
    case 'bind':
    case 'connect':
      return namedSocketEvents(words)
    case 'kill':
      return /SIG([A-Z]+)/.exec(words)?.slice(1).map(sent) ?? []
    default:
      return []
  }
}

function sent(signal: string): TraceEvent {
  return { kind: 'signal', signal: signal.toLowerCase() }
}

function openEvents(words: string, opened: string): TraceEvent[] {
  if (words.includes('O_PATH')) return []
  const path = words.includes('O_DIRECTORY') || isFolder(opened) ? `${opened}/` : opened
  const writes = /O_WRONLY|O_RDWR|O_CREAT/.test(words)
  return [
    ...(words.includes('O_WRONLY') ? [] : filesAs(path, 'r')),
    ...(writes ? filesAs(path, 'w') : []),
  ]
}

/** A program is mapped by the kernel before it runs; a script is read by its interpreter. */
function execEvents(path: string): TraceEvent[] {
  const program = realpathSync(path)
  const [first = ''] = readFileSync(program, 'latin1').split('\n', 1)
  const interpreter = /^#! ?(\S+)/.exec(first)?.[1]
  const run = [...filesAs(program, 'x'), ...filesAs(program, 'r')]
  if (interpreter === undefined) return [...run, ...filesAs(program, 'm')]
  return [...run, ...execEvents(interpreter)]
}

function renameEvents(words: string): TraceEvent[] {
  const [from = '', to = ''] = pathsIn(words)
  return [...filesAs(from, 'r'), ...filesAs(from, 'w'), ...filesAs(to, 'w')]
}

/** `AF_INET, SOCK_RAW|SOCK_CLOEXEC, IPPROTO_ICMP` in the words of a profile. */
function socketEvents(words: string): TraceEvent[] {
  const [, family = '', type = ''] = /^AF_(\w+), SOCK_([A-Z]+)/.exec(words) ?? []
  return [{ kind: 'socket', socket: `${family} ${type}`.toLowerCase() }]
}

/** A name in the file system is one that the profile must know; an abstract one begins with @. */
function namedSocketEvents(words: string): TraceEvent[] {
  const path = /sun_path="([^"]+)"/.exec(words)?.[1]
  return path === undefined ? [] : [...filesAs(path, 'r'), ...filesAs(path, 'w')]
}

/** What has no name in the file system, as a pipe, is nothing that a rule could name. */
function filesAs(path: string, permission: FilePermission): TraceEvent[] {
  return path.startsWith('/') ? [{ kind: 'file', path, permission }] : []
}

function descriptorIn(words: string): string {
  return /(?:^|, )\d+<([^>]+)>/.exec(words)?.[1] ?? ''
}

function pathIn(words: string): string {
  return pathsIn(words)[0] ?? ''
}

/** In a call like renameat each path is preceded by its folder. */
function pathsIn(words: string): string[] {
  return [...words.matchAll(/(?:\w+<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)].map(
    ([, folder = '/', path = '']) => resolve(folder, path),
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
