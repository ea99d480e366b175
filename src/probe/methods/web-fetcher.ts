/**
 * Fetches one URL through a WAN, and resolves its host through the WAN too. It tells what a captive
 * portal sends (a redirect to another host, a page where none is expected) from the server's own
 * answer, and never reads the body.
 */
import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import ipaddr from 'ipaddr.js'
import { type Family, familyNames } from '../../model/address.ts'
import type { ConnectResult, Destination, PinnedConnector } from '../sockets/pinned-connector.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'
import type { DnsAsker } from './dns-asker.ts'

/** By which WAN, and over which family. */
export interface WebWay {
  readonly wan: number
  readonly family: Family
}

/** The host's address, or why there is none. */
export type Resolved =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'unsent'; readonly reason: string }

export type Fetched =
  | { readonly kind: 'answered'; readonly rttMs: number }
  /** `by`: who answers in the server's place. */
  | { readonly kind: 'captive'; readonly by: string; readonly reason: string }
  /** The server answers something else than it should. */
  | { readonly kind: 'wrong'; readonly reason: string }
  /** Refused or broken off before there was an answer. */
  | { readonly kind: 'cut'; readonly reason: string }
  | { readonly kind: 'unsent'; readonly reason: string }

export class WebFetcher {
  readonly #asker: DnsAsker
  readonly #connector: PinnedConnector
  readonly #url: URL
  /** By WAN and family; a name may resolve to another address through another WAN. */
  readonly #resolved = new Map<string, { readonly address: string; readonly atMs: number }>()

  constructor(asker: DnsAsker, connector: PinnedConnector, url: string) {
    this.#asker = asker
    this.#connector = connector
    this.#url = new URL(url)
  }

  /** Asks this DNS server where the answer isn't known from the last minute; null: it is silent. */
  async resolve({ wan, family }: WebWay, server: string): Promise<Resolved | null> {
    const literal = bareHost(this.#url)
    const key = `${wan} ${family}`
    const known = isIP(literal) === 0 ? this.#remembered(key) : literal
    if (known !== null) return { kind: 'address', address: known }
    const name = this.#url.hostname
    const question = { name, type: addressType[family], class: 'IN' } as const
    const answer = await this.#asker.ask({ wan, family, server, question })
    if (answer?.kind !== 'response') return answer
    const { records, code } = answer.response
    const address = records.find(isElsewhere)
    if (address === undefined) {
      const reason = `${server} knows no ${familyNames[family]} address of ${name} (${code})`
      return { kind: 'unknown', reason }
    }
    this.#resolved.set(key, { address, atMs: performance.now() })
    return { kind: 'address', address }
  }

  /** Null where nobody answers within ten seconds. */
  async fetch({ wan, family }: WebWay, address: string): Promise<Fetched | null> {
    const port = Number(this.#url.port) || (this.#url.protocol === 'https:' ? 443 : 80)
    const fetched = await this.#fetchFrom({ wan, family, address, port })
    if (fetched !== null && fetched.kind !== 'answered') this.#resolved.delete(`${wan} ${family}`)
    return fetched
  }

  #remembered(key: string): string | null {
    const known = this.#resolved.get(key)
    return known === undefined || performance.now() - known.atMs > rememberMs ? null : known.address
  }

  async #fetchFrom(to: Destination): Promise<Fetched | null> {
    const result = await this.#connector.connect(to)
    switch (result?.kind) {
      case 'connected':
        return this.#fetchOver(result)
      case 'closed_port':
        return { kind: 'cut', reason: `${to.address} refuses connections for ${this.#url.host}` }
      case 'refused':
        return { kind: 'cut', reason: result.reason }
      case 'unsent':
        return result
      case undefined:
        return null
      default:
        return result satisfies never
    }
  }

  async #fetchOver(connection: Connection): Promise<Fetched | null> {
    const outcome = await this.#exchange(connection)
    if (connection.wasGivenUp()) return null
    connection.socket.resetAndDestroy()
    return outcome
  }

  #exchange({ socket, rttMs }: Connection): Promise<Fetched> {
    const { promise, resolve: settle } = Promise.withResolvers<Fetched>()
    const askedMs = performance.now()
    const fail = (error: Error): void => {
      settle({ kind: 'cut', reason: `${this.#url.host}: ${sendFailure(errorCode(error))}` })
    }
    const stream = this.#url.protocol === 'https:' ? this.#encrypt(socket, fail) : socket
    const asked = request({
      createConnection: () => stream,
      path: this.#url.pathname + this.#url.search,
      headers: { host: this.#url.host, connection: 'close', 'user-agent': 'wan-failover' },
      maxHeaderSize: maxHeaderBytes,
    })
    asked.on('error', fail)
    asked.on('response', (response) => {
      const answered = { kind: 'answered', rttMs: rttMs + performance.now() - askedMs } as const
      settle(objectionTo(response, this.#url) ?? answered)
    })
    asked.end()
    return promise
  }

  #encrypt(socket: Socket, fail: (error: Error) => void): Socket {
    const host = bareHost(this.#url)
    // Only names go into the greeting (RFC 6066, 3); the certificate is checked for either.
    const tls = connectTls({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) })
    tls.on('error', (cause) => {
      fail(new Error(`no trusted TLS connection: ${errorCode(cause)}`, { cause }))
    })
    return tls
  }
}

type Connection = Extract<ConnectResult, { kind: 'connected' }>

/** Why the answer can't be the server's own; null where it may be. */
function objectionTo(response: IncomingMessage, url: URL): Fetched | null {
  const status = response.statusCode ?? 0
  const location = response.headers.location
  // The well-known connectivity checks say in their path that they answer without content.
  const isCheck = url.pathname.includes('204')
  if (status >= 300 && status < 400 && location !== undefined) {
    const to = URL.canParse(location, url.href) ? new URL(location, url.href).host : url.host
    if (to !== url.host || isCheck) return portal(to.slice(0, maxHostLength))
  }
  const networkLoginStatus = 511
  if (status === networkLoginStatus) return portal(url.host, ' (status 511)')
  if (!isCheck || status === 204) return null
  return status === 200
    ? portal(url.host, ': it serves a page where the check expects none')
    : { kind: 'wrong', reason: `${url.host} answers ${status} instead of 204` }
}

function portal(by: string, more = ''): Fetched {
  return { kind: 'captive', by, reason: `captive portal at ${by}${more}` }
}

/** A name that is answered with 0.0.0.0 or a loopback address would make us ask ourselves. */
function isElsewhere(address: string): boolean {
  const range = ipaddr.parse(address).range()
  return range !== 'unspecified' && range !== 'loopback'
}

/** URLs have IPv6 addresses in brackets. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** An `import` reads each thing that `node:http` exports, and one of them loads all of `fetch`. */
const { request } = process.getBuiltinModule('node:http')

const addressType = { ipv4: 'A', ipv6: 'AAAA' } as const
/** Connectivity checks have short-lived records; a minute saves most of the questions. */
const rememberMs = 60_000
const maxHeaderBytes = 8192
/** Longest host name of RFC 1035. */
const maxHostLength = 253
