/**
 * Finds the DNS servers that this machine asks, and follows changes: files are watched, and read
 * again now and then, for a mount or a link in their way may be changed unseen; the Supervisor is
 * asked now and then. It asks no server anything, and changes nothing.
 */
import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import ipaddr from 'ipaddr.js'
import type { KnownResolver } from '../model/resolver.ts'
import { isLoopback, nameserversIn, serversIn, upstreamFiles } from './resolver-files.ts'

/** What the Supervisor says; null: it doesn't answer. */
export interface HomeResolvers {
  /** As `dns://192.168.0.1`. */
  readonly servers: readonly string[]
  /** Addresses, of the host's interfaces. */
  readonly nameservers: readonly string[]
}

export interface MachineResolversParts {
  readonly onResolvers: (resolvers: readonly KnownResolver[]) => void
  /** null where there is no Supervisor. */
  readonly askHome: (() => Promise<HomeResolvers | null>) | null
  /** What stands before each file's path; by default nothing. */
  readonly root?: string
}

export class MachineResolvers {
  readonly #parts: MachineResolversParts
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #timers: NodeJS.Timeout[] = []
  #soon: NodeJS.Timeout | null = null
  #home: HomeResolvers | null = null
  #told = ''

  constructor(parts: MachineResolversParts) {
    this.#parts = parts
    this.#timers.push(setInterval(() => this.#read(), rereadMs).unref())
    const { askHome } = parts
    if (askHome === null) {
      this.#read()
      return
    }
    const ask = async (): Promise<void> => {
      // Names of a Supervisor that doesn't answer now are still the best that is known.
      this.#home = (await askHome().catch(() => null)) ?? this.#home
      this.#read()
    }
    void ask()
    this.#timers.push(setInterval(ask, askHomeMs).unref())
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
    if (this.#soon !== null) clearTimeout(this.#soon)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #read(): void {
    const resolvers = this.#known()
    const told = JSON.stringify(resolvers)
    if (told === this.#told) return
    this.#told = told
    this.#parts.onResolvers(resolvers)
  }

  #known(): readonly KnownResolver[] {
    const own = this.#nameservers('/etc/resolv.conf')
    const upstream = upstreamFiles(own).flatMap((path) => this.#nameservers(path))
    const home = [...serversIn(this.#home?.servers ?? []), ...(this.#home?.nameservers ?? [])]
    // An add-on is told the Supervisor's server, which passes on what it doesn't know.
    const forwards = (address: string) => isLoopback(address) || this.#parts.askHome !== null
    const all = [
      ...own.map((address) => ({ address: canonical(address), forwards: forwards(address) })),
      ...[...upstream, ...home]
        .filter((address) => !isLoopback(address))
        .map((address) => ({ address: canonical(address), forwards: false })),
    ]
    const known = new Map<string, KnownResolver>()
    for (const one of all) if (!known.has(one.address)) known.set(one.address, one)
    return [...known.values()].slice(0, maxResolvers)
  }

  #nameservers(file: string): readonly string[] {
    const path = `${this.#parts.root ?? ''}${file}`
    this.#watch(path)
    try {
      return nameserversIn(readFileSync(path, 'utf8'))
    } catch {
      // Whoever has no such file is told no server by it.
      return []
    }
  }

  /** The folders too: whoever writes a file anew puts another one in its place. */
  #watch(path: string): void {
    this.#watchPlace(dirname(path))
    try {
      this.#watchPlace(dirname(realpathSync(path)))
      this.#watchPlace(path)
    } catch {
      // No such file yet: its folder tells when it comes.
    }
  }

  #watchPlace(place: string): void {
    if (this.#watchers.has(place)) return
    const forget = (): void => {
      this.#watchers.get(place)?.close()
      this.#watchers.delete(place)
    }
    try {
      const watcher = watch(place, { persistent: false }, (change, name) => {
        // Another file has taken its place, or will: the next reading watches that one.
        if (change === 'rename' && name === basename(place)) forget()
        this.#readSoon()
      })
      watcher.on('error', forget)
      this.#watchers.set(place, watcher)
    } catch {
      // No such place, or no watch left: the next reading tells.
    }
  }

  /** Several writes are one change. */
  #readSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null
      this.#read()
    }, quietMs).unref()
  }
}

function canonical(address: string): string {
  const [bare = '', link] = address.split('%')
  const text = ipaddr.parse(bare).toString()
  return link === undefined ? text : `${text}%${link}`
}

const rereadMs = 10_000
const askHomeMs = 60_000
const quietMs = 100
/** glibc asks three; a house with more than these has other troubles. */
const maxResolvers = 8
