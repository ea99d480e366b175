/**
 * Real requests through a WAN: both servers at once, each by the name that one of the WAN's targets
 * knows first. A WAN whose DNS is dead proves nothing about TCP.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WebAnswer } from '../model/web-check.ts'
import type { DnsAsker } from './methods/dns-asker.ts'
import { type Resolved, WebFetcher, type WebWay } from './methods/web-fetcher.ts'
import type { PinnedConnector } from './sockets/pinned-connector.ts'

export class WebChecker {
  readonly #fetchers: readonly WebFetcher[]
  /** Which target is asked for names first, so that a silent one isn't always. */
  #turn = 0

  constructor(asker: DnsAsker, connector: PinnedConnector, urls: readonly string[]) {
    this.#fetchers = urls.map((url) => new WebFetcher(asker, connector, url))
  }

  /** Resolves with an answer for each URL within seven seconds. */
  check(wan: number, targets: readonly string[]): Promise<readonly WebAnswer[]> {
    this.#turn += 1
    const start = this.#turn % Math.max(1, targets.length)
    const servers = [...targets.slice(start), ...targets.slice(0, start)]
    const way = { wan, family: 'ipv4' } as const
    return Promise.all(this.#fetchers.map((fetcher) => ask(fetcher, way, servers)))
  }
}

async function ask(
  fetcher: WebFetcher,
  way: WebWay,
  servers: readonly string[],
): Promise<WebAnswer> {
  const resolved = await resolve(fetcher, way, servers)
  if (resolved?.kind !== 'address') {
    return { kind: 'unclear', reason: resolved?.reason ?? 'no DNS server answers' }
  }
  const fetched = await within(fetchMs, fetcher.fetch(way, resolved.address))
  switch (fetched?.kind) {
    case 'answered':
    case 'captive':
      return fetched
    case 'cut':
    case undefined:
      return { kind: 'no_tcp' }
    case 'wrong':
    case 'unsent':
      return { kind: 'unclear', reason: fetched.reason }
    default:
      return fetched satisfies never
  }
}

/** One server after the other, each a second after the one before, unless that has answered. */
async function resolve(
  fetcher: WebFetcher,
  way: WebWay,
  servers: readonly string[],
): Promise<Resolved | null> {
  let last: Resolved | null = null
  for (const server of servers.slice(0, mostServers)) {
    const resolved = await within(resolveMs, fetcher.resolve(way, server))
    if (resolved?.kind === 'address') return resolved
    last = resolved ?? last
  }
  return last
}

/** Null where it takes longer; what has come in by then, though nobody has read it yet, counts. */
async function within<Value>(ms: number, value: Promise<Value>): Promise<Value | null> {
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => void nextTurn().then(() => late.resolve(null)), ms)
  const first = await Promise.race([value, late.promise])
  clearTimeout(timer)
  return first
}

const mostServers = 3
const resolveMs = 1_000
/** A lost SYN is repeated after one second and after three. */
const fetchMs = 4_000
