/**
 * Fetches `http_url` through the WAN and resolves its host through the WAN too: the target is the
 * DNS server. What a captive portal sends (a redirect to another host, a page where the check
 * expects none) is a refusal. It never reads the body.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import ipaddr from 'ipaddr.js'
import { familyNames } from '../../model/address.ts'
import type { ProbeOutcome, ProbeRequest } from '../../model/probe.ts'
import type { ConnectResult, PinnedConnector } from '../sockets/pinned-connector.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'
import type { DnsAsker } from './dns-asker.ts'
import type { MethodProber } from './method-prober.ts'

export class HttpProber implements MethodProber {
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

  async ask(request: ProbeRequest): Promise<ProbeOutcome | null> {
    const literal = bareHost(this.#url)
    const known = isIP(literal) === 0 ? this.#remembered(request) : literal
    const address = known ?? (await this.#resolve(request))
    if (typeof address !== 'string') return address
    const outcome = await this.#fetchFrom(address, request)
    if (outcome !== null && outcome.kind !== 'answered') this.#resolved.delete(keyOf(request))
    return outcome
  }

  #remembered(request: ProbeRequest): string | null {
    const known = this.#resolved.get(keyOf(request))
    return known === undefined || performance.now() - known.atMs > rememberMs ? null : known.address
  }

  /** The address, or why there is none. */
  async #resolve(request: ProbeRequest): Promise<string | ProbeOutcome | null> {
    const { wan, family, target } = request
    const name = this.#url.hostname
    const question = { name, type: addressType[family], class: 'IN' } as const
    const answer = await this.#asker.ask({ wan, family, server: target, question })
    if (answer?.kind !== 'response') return answer
    const { records, code } = answer.response
    const address = records.find(isElsewhere)
    if (address === undefined) {
      return {
        kind: 'refused',
        reason: `${target} knows no ${familyNames[family]} address of ${name} (${code})`,
      }
    }
    this.#resolved.set(keyOf(request), { address, atMs: performance.now() })
    return address
  }

  async #fetchFrom(address: string, { wan, family }: ProbeRequest): Promise<ProbeOutcome | null> {
    const port = Number(this.#url.port) || (this.#url.protocol === 'https:' ? 443 : 80)
    const result = await this.#connector.connect({ wan, family, address, port })
    if (result?.kind === 'connected') return this.#fetchOver(result)
    if (result?.kind !== 'closed_port') return result
    return { kind: 'refused', reason: `${address} refuses connections for ${this.#url.host}` }
  }

  async #fetchOver(connection: Connection): Promise<ProbeOutcome | null> {
    const outcome = await this.#exchange(connection)
    if (connection.wasGivenUp()) return null
    connection.socket.resetAndDestroy()
    return outcome
  }

  #exchange({ socket, rttMs }: Connection): Promise<ProbeOutcome> {
    const { promise, resolve: settle } = Promise.withResolvers<ProbeOutcome>()
    const askedMs = performance.now()
    const fail = (error: Error): void => {
      settle({ kind: 'refused', reason: `${this.#url.host}: ${sendFailure(errorCode(error))}` })
    }
    const stream = this.#url.protocol === 'https:' ? this.#encrypt(socket, fail) : socket
    const asked = httpRequest({
      createConnection: () => stream,
      path: this.#url.pathname + this.#url.search,
      headers: { host: this.#url.host, connection: 'close', 'user-agent': 'wan-failover' },
      maxHeaderSize: maxHeaderBytes,
    })
    asked.on('error', fail)
    asked.on('response', (response) => {
      const answered = { kind: 'answered', rttMs: rttMs + performance.now() - askedMs } as const
      const objection = objectionTo(response, this.#url)
      settle(objection === null ? answered : { kind: 'refused', reason: objection })
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
function objectionTo(response: IncomingMessage, url: URL): string | null {
  const status = response.statusCode ?? 0
  const location = response.headers.location
  if (status >= 300 && status < 400 && location !== undefined) {
    const to = URL.canParse(location, url.href) ? new URL(location, url.href).host : location
    if (to !== url.host) return `captive portal at ${to.slice(0, maxHostLength)}`
  }
  const networkLoginStatus = 511
  if (status === networkLoginStatus) return `captive portal at ${url.host} (status 511)`
  // The well-known connectivity checks say in their path that they answer without content.
  if (!/204/.test(url.pathname) || status === 204) return null
  return status === 200
    ? `captive portal at ${url.host}: it serves a page where the check expects none`
    : `${url.host} answers ${status} instead of 204`
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

function keyOf({ wan, family }: ProbeRequest): string {
  return `${wan} ${family}`
}

const addressType = { ipv4: 'A', ipv6: 'AAAA' } as const
/** Connectivity checks have short-lived records; a minute saves most of the questions. */
const rememberMs = 60_000
const maxHeaderBytes = 8192
/** Longest host name of RFC 1035. */
const maxHostLength = 253
