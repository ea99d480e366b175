/**
 * What a tunnel that is dialled needs beside a line: to be dialled by it, and anew by another one or
 * where nobody answers; its server's address; a word on why there is no connection. It says what is
 * due and learns what came of it; it acts on nothing.
 */
import ipaddr from 'ipaddr.js'
import { isAnswering, rank } from '../../decision/rank.ts'
import { familyOf } from '../../model/address.ts'
import { type HostState, mainTable } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { tunnelPort } from '../../model/marks.ts'
import type { WanSettings } from '../../model/settings/settings.ts'
import { type L2tpSettings, tunnelLink } from '../../model/settings/tunnel-settings.ts'
import type { DialReport, L2tpWish } from '../../model/tunnel/dial.ts'
import { endpointText } from '../../model/tunnel/endpoint.ts'
import type { TunnelReport } from '../../model/tunnel/tunnel-device.ts'
import type { Ride } from '../../network/wanted.ts'
import type { Decided } from '../concern.ts'
import type { Errand } from '../errand.ts'

/** A WAN that is dialled. */
export type L2tpWan = WanSettings & { readonly tunnel: L2tpSettings }

export class L2tpTunnel {
  readonly #wan: L2tpWan
  readonly #log: Log
  readonly publicKey = null
  /** Since when the connection stands, in ms since 1970. */
  handshakeMs: number | null = null
  problem: string | null = null
  #failure: string | null = null
  #refusal: string | null = null
  #unknownBy: string | null = null
  #server: string | null = null
  #resolveAtMs = 0
  /** As it was dialled last. */
  #dialled = ''
  /** When it was dialled last, or let in. */
  #triesSinceMs = Number.POSITIVE_INFINITY
  /** Until then the programs may try. */
  #redialAtMs = 0
  #patienceMs = firstPatienceMs
  #lookAtMs = Number.POSITIVE_INFINITY
  #settleAtMs = 0
  /** Since when nobody answers in it, though the line is there. */
  #silentSinceMs: number | null = null
  /** It has had the time that dialling takes: who is silent now has a reason. */
  isStanding = false
  /** `isStanding` has the time of a dialling in it already. */
  readonly standsSinceMs = Number.NEGATIVE_INFINITY
  /** What may be due then was put off until now. */
  #againAtMs = Number.POSITIVE_INFINITY

  constructor(wan: L2tpWan, log: Log) {
    this.#wan = wan
    this.#log = log
    const { host } = wan.tunnel.endpoint
    if (ipaddr.isValid(host)) this.#server = host
  }

  get wakeAtMs(): number {
    return Math.min(this.#resolveAtMs, this.#lookAtMs, this.#againAtMs)
  }

  /** Returns whether users should hear of it at once. */
  take(report: TunnelReport | DialReport, nowMs: number): boolean {
    const { name } = this.#wan
    if (report.kind === 'dialling') {
      this.#failure = null
      // The one before had to end first: now the programs have begun.
      this.#begin(nowMs)
      return false
    }
    if (report.kind === 'not_dialled') {
      if (this.#failure !== report.reason) {
        this.#log.error(`the tunnel ${name} can't be set up: ${report.reason}`)
      }
      this.#failure = report.reason
      return true
    }
    if (report.kind === 'listened') {
      this.#refusal = report.refusal
      return false
    }
    if (report.kind !== 'resolved') return false
    const addresses = report.addresses.filter((one) => familyOf(one) === 'ipv4')
    this.#unknownBy = addresses.length === 0 ? report.line : null
    // What it has answered by until now, as long as that is one of them.
    if (this.#server === null || !addresses.includes(this.#server)) {
      this.#server = addresses[0] ?? this.#server
    }
    return true
  }

  /** What is to be done now; `line` carries it, and its rule `stands`. */
  due({ line }: Ride, decided: Decided, stands: boolean): readonly Errand[] {
    const { healths, nowMs, wallMs, host } = decided
    const isHeard = isAnswering(healths.ipv4.get(this.#wan.name))
    if (isHeard) this.#patienceMs = firstPatienceMs
    this.#silentSinceMs = isHeard ? null : (this.#silentSinceMs ?? nowMs)
    const found = findings(this.#wan, host)
    // The server has hung up: that is no reason to wait.
    if (this.handshakeMs !== null && found.address === null && this.isStanding) {
      this.#redialAtMs = Math.min(this.#redialAtMs, nowMs + hungUpMs)
    }
    // Who has just been let in gets the time to answer a probe.
    if (this.handshakeMs === null && found.address !== null) this.#awaitAnswer(nowMs)
    this.handshakeMs = found.address === null ? null : (this.handshakeMs ?? wallMs)
    const isSilent = !isHeard && rank(healths.ipv4.get(line ?? '')) > 0
    const errands = [
      ...this.#resolve(line, isHeard, decided),
      ...this.#dial(stands ? line : null, isSilent, decided),
      ...this.#settle(found, nowMs),
      ...this.#look(found, nowMs),
    ]
    this.isStanding = nowMs >= this.#triesSinceMs + firstPatienceMs
    this.#say(this.#problemNow(line, found, decided))
    return errands
  }

  #begin(nowMs: number): void {
    this.#lookAtMs = nowMs + lookEveryMs
    this.#awaitAnswer(nowMs)
  }

  #awaitAnswer(nowMs: number): void {
    this.#triesSinceMs = nowMs
    this.#redialAtMs = nowMs + this.#patienceMs
  }

  /** By the line that carries it; again while nobody answers, for the server may have moved. */
  #resolve(line: string | null, isHeard: boolean, { uplinks, nowMs }: Decided): Errand[] {
    const { host } = this.#wan.tunnel.endpoint
    if (ipaddr.isValid(host)) this.#resolveAtMs = Number.POSITIVE_INFINITY
    if (nowMs < this.#resolveAtMs) return []
    const isKnown = this.#server !== null
    this.#resolveAtMs = nowMs + (isKnown ? resolveAgainMs : retryMs)
    if (line === null || (isKnown && isHeard)) return []
    const wan = uplinks.find(({ name }) => name === line)?.index ?? 0
    return [{ kind: 'resolve_endpoint', tunnel: this.#wan.name, line, wan, host }]
  }

  /** At once by another line; by the same one where nobody has answered for a while. */
  #dial(line: string | null, isSilent: boolean, { uplinks, nowMs }: Decided): Errand[] {
    const { name, index, tunnel } = this.#wan
    this.#againAtMs = Number.POSITIVE_INFINITY
    if (line === null || this.#server === null) return []
    const endpoint = { host: this.#server, port: tunnel.endpoint.port }
    const key = `${line} ${endpointText(endpoint)}`
    const isNew = key !== this.#dialled
    if (!isNew && !isSilent) {
      // What stood may go on, once its line or its server does.
      this.#redialAtMs = nowMs + mayGoOnMs
      return []
    }
    if (!isNew && nowMs < this.#redialAtMs) {
      this.#againAtMs = this.#redialAtMs
      return []
    }
    if (isNew) this.#patienceMs = firstPatienceMs
    else this.#patienceMs = Math.min(this.#patienceMs * 2, longestPatienceMs)
    this.#dialled = key
    this.#begin(nowMs)
    this.#refusal = null
    const { username, password, address, keepaliveSeconds, mtu, over } = tunnel
    const lines = uplinks.flatMap((one) => (over.includes(one.name) ? (one.link ?? []) : []))
    const wish: L2tpWish = {
      ...{ name, link: tunnelLink(name), port: tunnelPort(index), endpoint, line },
      ...{ username, password, address, keepaliveSeconds, mtu, lines },
    }
    return [{ kind: 'dial_tunnel', wish }]
  }

  /** PPP leaves a route to the other end in `main`, which takes whatever goes there from all. */
  #settle({ isUnsettled }: Findings, nowMs: number): Errand[] {
    if (!isUnsettled) return []
    if (nowMs < this.#settleAtMs) {
      this.#againAtMs = Math.min(this.#againAtMs, this.#settleAtMs)
      return []
    }
    this.#settleAtMs = nowMs + settleAgainMs
    const { name, tunnel } = this.#wan
    return [{ kind: 'settle_dialled', link: tunnelLink(name), address: tunnel.address }]
  }

  /** As long as there is no connection, the programs may know why. */
  #look({ address }: Findings, nowMs: number): Errand[] {
    if (nowMs < this.#lookAtMs) return []
    this.#lookAtMs = nowMs + lookEveryMs
    if (address !== null) {
      this.#lookAtMs = Number.POSITIVE_INFINITY
      return []
    }
    return [{ kind: 'listen_to_dialled', tunnel: this.#wan.name }]
  }

  #say(problem: string | null): void {
    if (problem !== null && problem !== this.problem && this.#failure === null) {
      this.#log.warn(problem)
    }
    this.problem = problem
  }

  #problemNow(
    line: string | null,
    { address }: Findings,
    { healths, nowMs }: Decided,
  ): string | null {
    const { name, tunnel } = this.#wan
    const server = endpointText(tunnel.endpoint)
    const who = `the tunnel ${name}`
    if (this.#failure !== null) return `${who} can't be set up: ${this.#failure}`
    if (line === null) return `no line may carry ${who} now`
    if (this.#server === null) {
      if (this.#unknownBy === null) return null
      return `${who}: nobody knows ${tunnel.endpoint.host} by ${this.#unknownBy}`
    }
    const [given] = tunnel.address.filter((one) => familyOf(one) === 'ipv4')
    const wanted = given?.split('/')[0] ?? null
    if (address !== null && wanted !== null && address !== wanted) {
      return `${who}: the server ${server} has given ${address}, not ${wanted} as the options have it`
    }
    if (this.#refusal !== null && address === null) {
      return `${who}: ${line} works, but ${server} gives no connection: ${this.#refusal}`
    }
    // Who has just been dialled, or let in, is still being greeted.
    const sinceMs = Math.max(this.#silentSinceMs ?? nowMs, this.#triesSinceMs)
    if (nowMs - sinceMs < toldAfterMs) return null
    if (rank(healths.ipv4.get(line)) === 0) return null
    return address === null
      ? `${who}: ${line} works, but ${server} gives no connection: is the server running?`
      : `${who}: the server ${server} has given ${address} by ${line}, but nothing comes from the Internet through it`
  }
}

interface Findings {
  /** The address that the server has given; null: there is no connection. */
  readonly address: string | null
  readonly isUnsettled: boolean
}

function findings({ name, tunnel }: L2tpWan, host: HostState | null): Findings {
  const link = tunnelLink(name)
  const own = host?.addresses.filter((one) => one.link === link) ?? []
  const address = own.find(({ family }) => family === 'ipv4')?.address ?? null
  const toPeer = host?.routes.some(
    ({ table, family, nextHops }) =>
      table === mainTable && family === 'ipv4' && nextHops.some((hop) => hop.link === link),
  )
  const wants6 = tunnel.address.some((one) => familyOf(one) === 'ipv6')
  const has6 = own.some(({ family, scope }) => family === 'ipv6' && scope === 'global')
  const lacks6 = wants6 && !has6 && host?.ipv6 === true
  return { address, isUnsettled: address !== null && (toPeer === true || lacks6) }
}

const retryMs = 5_000
const resolveAgainMs = 10_000
const lookEveryMs = 2_000
const settleAgainMs = 1_000
/** L2TP and PPP take some ten messages each way, and repeat a lost one after 1 to 4 s. */
const firstPatienceMs = 10_000
const longestPatienceMs = 60_000
const hungUpMs = 1_000
const mayGoOnMs = 5_000
const toldAfterMs = 6_000
