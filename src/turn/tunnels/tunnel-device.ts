/**
 * What one tunnel needs beside a line: its device, its server's address, a word on why nobody answers
 * in it. It says what is due and learns what came of it; it acts on nothing.
 */
import ipaddr from 'ipaddr.js'
import { rank } from '../../decision/rank.ts'
import type { Log } from '../../model/log.ts'
import { outerMark, tunnelPort } from '../../model/marks.ts'
import type { Settings, WanSettings } from '../../model/settings/settings.ts'
import { tunnelLink, type WireguardSettings } from '../../model/settings/tunnel-settings.ts'
import { type Endpoint, endpointText } from '../../model/tunnel/endpoint.ts'
import type { BothLines, TunnelReport, TunnelWish } from '../../model/tunnel/tunnel-device.ts'
import { gatewayOf, hasWay, type Uplink } from '../../model/uplink.ts'
import type { Ride } from '../../network/wanted.ts'
import type { Decided } from '../concern.ts'
import type { Errand } from '../errand.ts'

/** A WAN that is a tunnel. */
export type TunnelWan = WanSettings & { readonly tunnel: WireguardSettings }

export class TunnelDevice {
  readonly #wan: TunnelWan
  readonly #settings: Settings
  readonly #log: Log
  publicKey: string | null = null
  /** When both ends last agreed on keys, in ms since 1970. */
  handshakeMs: number | null = null
  /** Why nobody answers in it, as far as this machine can tell; null: nothing is wrong here. */
  problem: string | null = null
  #failure: string | null = null
  /** It should be on two lines, and can't. */
  #isAlone = false
  /** What its server's name means, by the line that was asked. */
  #resolved: Extract<TunnelReport, { kind: 'resolved' }> | null = null
  #endpoint: Endpoint | null = null
  /** As it was asked for last. */
  #tended = ''
  #isTendDue = false
  /** Not before. */
  #tendAtMs = 0
  #resolveAtMs = 0
  #lookAtMs = Number.POSITIVE_INFINITY
  /** When it was set up, or nobody has answered since. */
  #silentSinceMs: number | null = null

  constructor(wan: TunnelWan, settings: Settings, log: Log) {
    this.#wan = wan
    this.#settings = settings
    this.#log = log
  }

  /** It was set up as wanted. */
  get isStanding(): boolean {
    return this.publicKey !== null && this.#failure === null
  }

  get wakeAtMs(): number {
    const tendAtMs = this.#isTendDue ? this.#tendAtMs : Number.POSITIVE_INFINITY
    return Math.min(tendAtMs, this.#resolveAtMs, this.#lookAtMs)
  }

  /** Returns whether users should hear of it at once. */
  take(report: TunnelReport, nowMs: number): boolean {
    const { name } = this.#wan
    switch (report.kind) {
      case 'tended':
        this.#failure = null
        if (this.publicKey !== report.publicKey) {
          this.#log.info(`${name} is set up; its public key is ${report.publicKey}`)
        }
        this.publicKey = report.publicKey
        this.#lookAtMs = nowMs + lookEveryMs
        return true
      case 'failed':
        if (this.#failure !== report.reason) {
          this.#log.error(`the tunnel ${name} can't be set up: ${report.reason}`)
        }
        this.#failure = report.reason
        this.#tended = ''
        this.#isTendDue = true
        this.#tendAtMs = nowMs + retryMs
        return true
      case 'looked':
        this.handshakeMs = report.handshakeMs
        return false
      case 'resolved':
        this.#resolved = report
        return true
    }
  }

  /** What is to be done now; `line` carries it. */
  due({ line, second }: Ride, decided: Decided): readonly Errand[] {
    const { healths, nowMs } = decided
    const isAnswering = rank(healths.ipv4.get(this.#wan.name)) > 0
    if (isAnswering) this.#silentSinceMs = null
    else this.#silentSinceMs ??= nowMs
    const errands = [
      ...this.#resolve(line, isAnswering, nowMs),
      ...this.#tend(line, second ?? null, decided),
      ...this.#look(isAnswering, nowMs),
    ]
    this.problem = this.#problemNow(line, decided)
    return errands
  }

  /** By the line that carries it; again while nobody answers, for the server may have moved. */
  #resolve(line: string | null, isAnswering: boolean, nowMs: number): Errand[] {
    const { host, port } = this.#wan.tunnel.endpoint
    if (ipaddr.isValid(host)) {
      this.#endpoint = { host, port }
      this.#resolveAtMs = Number.POSITIVE_INFINITY
      return []
    }
    if (nowMs < this.#resolveAtMs) return []
    if (line === null) {
      this.#resolveAtMs = nowMs + retryMs
      return []
    }
    if (isAnswering && this.#endpoint !== null) {
      this.#resolveAtMs = nowMs + resolveEveryMs
      return []
    }
    this.#resolveAtMs = nowMs + (this.#endpoint === null ? retryMs : resolveAgainMs)
    const wan = this.#settings.wans.find(({ name }) => name === line)?.index ?? 0
    return [{ kind: 'resolve_endpoint', tunnel: this.#wan.name, line, wan, host }]
  }

  #tend(line: string | null, second: string | null, decided: Decided): Errand[] {
    const { uplinks, host, nowMs } = decided
    const { name, index, tunnel } = this.#wan
    const link = tunnelLink(name)
    this.#settleEndpoint(line, uplinks)
    const { privateKey, peerKey, address, keepaliveSeconds, mtu } = tunnel
    const lines = uplinks.flatMap((one) => (tunnel.over.includes(one.name) ? (one.link ?? []) : []))
    const both = bothLines(this.#wan, { line, second, endpoint: this.#endpoint }, uplinks)
    this.#isAlone = tunnel.mode === 'both' && line !== null && both === null
    const wish: TunnelWish = {
      ...{ name, link, mark: outerMark(index), port: tunnelPort(index), endpoint: this.#endpoint },
      ...{ privateKey, peerKey, address, keepaliveSeconds, mtu, lines },
      both,
    }
    const found = host?.links.find((one) => one.name === link)
    const addresses = host?.addresses.filter((one) => one.link === link).length ?? 0
    // What is gone is made again; who deletes it all the time waits a little.
    const key = JSON.stringify([wish, found?.up === true, addresses > 0])
    this.#isTendDue = key !== this.#tended
    if (!this.#isTendDue || nowMs < this.#tendAtMs) return []
    this.#isTendDue = false
    this.#tended = key
    this.#tendAtMs = nowMs + againMs
    return [{ kind: 'tend_tunnel', wish }]
  }

  #settleEndpoint(line: string | null, uplinks: Decided['uplinks']): void {
    if (this.#resolved === null) return
    const { addresses, line: asked } = this.#resolved
    const uplink = uplinks.find(({ name }) => name === (line ?? asked))
    const fits = addresses.filter((address) =>
      uplink === undefined ? true : hasWay(uplink, address.includes(':') ? 'ipv6' : 'ipv4'),
    )
    // What it has answered by until now, as long as that is one of them.
    const before = fits.find((address) => address === this.#endpoint?.host)
    const [host] = before === undefined ? fits : [before]
    if (host !== undefined) this.#endpoint = { host, port: this.#wan.tunnel.endpoint.port }
  }

  #look(isAnswering: boolean, nowMs: number): Errand[] {
    if (nowMs < this.#lookAtMs) return []
    this.#lookAtMs = nowMs + (isAnswering ? lookRarelyMs : lookEveryMs)
    return [{ kind: 'look_at_tunnel', tunnel: this.#wan.name }]
  }

  #problemNow(line: string | null, { healths, nowMs, wallMs }: Decided): string | null {
    const { name, tunnel } = this.#wan
    const server = endpointText(tunnel.endpoint)
    if (this.#failure !== null) return `the tunnel ${name} can't be set up: ${this.#failure}`
    if (line === null) return `no line may carry the tunnel ${name} now`
    if (this.#resolved?.addresses.length === 0 && this.#endpoint === null) {
      return `the tunnel ${name}: nobody knows ${tunnel.endpoint.host} by ${this.#resolved.line}`
    }
    if (this.#isAlone && this.#endpoint !== null) {
      return `the tunnel ${name} is on ${line} alone: no second line has IPv4 and a gateway, as copies need`
    }
    if (this.#silentSinceMs === null || nowMs - this.#silentSinceMs < patienceMs) return null
    if (!this.isStanding || rank(healths.ipv4.get(line)) === 0) return null
    const { handshakeMs } = this
    if (handshakeMs !== null && wallMs - handshakeMs < freshHandshakeMs) {
      return `the tunnel ${name}: the server ${server} answers by ${line}, but nothing comes from the Internet through it`
    }
    return (
      `the tunnel ${name}: ${line} works, but there is no handshake with ${server}: is the server ` +
      `running, and has it our public key ${this.publicKey}?`
    )
  }
}

interface Chosen {
  readonly line: string | null
  readonly second: string | null
  readonly endpoint: Endpoint | null
}

/** null: not both, or they can't be copied to just now: by IPv4 and with a gateway each. */
function bothLines(
  { index, tunnel }: TunnelWan,
  { line, second, endpoint }: Chosen,
  uplinks: readonly Uplink[],
): BothLines | null {
  if (tunnel.inside === null || endpoint === null || endpoint.host.includes(':')) return null
  const [one, other] = [line, second].map((name) => {
    const uplink = uplinks.find((candidate) => candidate.name === name)
    const gateway = uplink === undefined ? null : gatewayOf(uplink, 'ipv4')
    const own = uplink?.ways.ipv4.addresses.find(
      ({ usable, scope }) => usable && scope === 'global',
    )
    if (uplink === undefined || uplink.link === null || gateway === null) return null
    if (own === undefined) return null
    return { wan: uplink.index, link: uplink.link, gateway, address: own.address }
  })
  if (one == null || other == null) return null
  return { lines: [one, other], wan: index, inside: tunnel.inside }
}

const retryMs = 5_000
/** A device that others delete at once comes back at this pace. */
const againMs = 2_000
const resolveAgainMs = 10_000
const resolveEveryMs = 300_000
const lookEveryMs = 2_000
const lookRarelyMs = 60_000
/** A handshake that got lost is tried again after 5 s. */
const patienceMs = 6_000
/** A session is renewed after 120 s, and used no longer than 180 (WireGuard's REJECT_AFTER_TIME). */
const freshHandshakeMs = 180_000
