/**
 * What one tunnel needs beside a line: its device, its server's address, a word on why nobody answers
 * in it. It says what is due and learns what came of it; it acts on nothing.
 */
import { rank } from '../../decision/rank.ts'
import type { Log } from '../../model/log.ts'
import { outerMark, tunnelPort } from '../../model/marks.ts'
import type { WanSettings } from '../../model/settings/settings.ts'
import { tunnelLink, type WireguardSettings } from '../../model/settings/tunnel-settings.ts'
import type { Endpoint } from '../../model/tunnel/endpoint.ts'
import type { BothLines, TunnelReport, TunnelWish } from '../../model/tunnel/tunnel-device.ts'
import { gatewayOf, type Uplink } from '../../model/uplink.ts'
import type { Ride } from '../../network/wanted.ts'
import type { Decided } from '../concern.ts'
import type { Errand } from '../errand.ts'
import { ServerName } from './server-name.ts'
import { ServerSilence, whySilent } from './server-silence.ts'

/** A WAN that is a tunnel. */
export type TunnelWan = WanSettings & { readonly tunnel: WireguardSettings }

export class TunnelDevice {
  readonly #wan: TunnelWan
  readonly #log: Log
  readonly #server: ServerName
  readonly #silence = new ServerSilence()
  publicKey: string | null = null
  /** When both ends last agreed on keys, in ms since 1970. */
  handshakeMs: number | null = null
  /** Why nobody answers in it, as far as this machine can tell; null: nothing is wrong here. */
  problem: string | null = null
  /** Since when it has been set up; before, nobody could answer in it. */
  standsSinceMs = Number.NEGATIVE_INFINITY
  #failure: string | null = null
  /** It should be on two lines, and can't. */
  #isAlone = false
  /** As it was asked for last. */
  #tended = ''
  #isTendDue = false
  /** Not before. */
  #tendAtMs = 0
  #lookAtMs = Number.POSITIVE_INFINITY
  /** When it was set up, or nobody has answered since. */
  #silentSinceMs: number | null = null

  constructor(wan: TunnelWan, log: Log) {
    this.#wan = wan
    this.#log = log
    this.#server = new ServerName(wan.tunnel.endpoint, wan.tunnel.mode === 'both')
  }

  /** It was set up as wanted. */
  get isStanding(): boolean {
    return this.publicKey !== null && this.#failure === null
  }

  get wakeAtMs(): number {
    const tendAtMs = this.#isTendDue ? this.#tendAtMs : Number.POSITIVE_INFINITY
    return Math.min(tendAtMs, this.#server.wakeAtMs, this.#silence.wakeAtMs, this.#lookAtMs)
  }

  /** Returns whether users should hear of it at once. */
  take(report: TunnelReport, nowMs: number): boolean {
    const { name } = this.#wan
    switch (report.kind) {
      case 'tended':
        if (!this.isStanding) this.#stand(nowMs)
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
        // It is set up anew.
        if (!report.isWhole) this.#tended = ''
        return false
      case 'resolved':
        this.#server.take(report.line, report.addresses)
        return true
      case 'asked':
        this.#silence.take(report)
        return true
    }
  }

  /** Nobody could answer before: what was silent has been so from now on. */
  #stand(nowMs: number): void {
    this.standsSinceMs = nowMs
    if (this.#silentSinceMs !== null) this.#silentSinceMs = nowMs
  }

  /** What is to be done now; `line` carries it. */
  due({ line, second }: Ride, decided: Decided): readonly Errand[] {
    const { healths, nowMs } = decided
    const isAnswering = rank(healths.ipv4.get(this.#wan.name)) > 0
    if (isAnswering) this.#silentSinceMs = null
    else if (this.#silentSinceMs === null) {
      this.#silentSinceMs = nowMs
      this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + lookEveryMs)
    }
    const { over } = this.#wan.tunnel
    const lines = decided.uplinks.filter(({ name }) => over.includes(name))
    const alive = lines.filter(({ name }) => name === line || rank(healths.ipv4.get(name)) > 0)
    const errands = [
      ...this.#findServer(line, alive, nowMs),
      ...this.#tend(line, second ?? null, decided),
      ...this.#look(isAnswering, nowMs),
    ]
    this.#say(this.#problemNow(line, decided))
    return errands
  }

  /** By the line that carries it, and by the others while nobody answers. */
  #findServer(line: string | null, lines: readonly Uplink[], nowMs: number): readonly Errand[] {
    const silentSinceMs = this.#silentSinceMs
    const { name: tunnel } = this.#wan
    const asked = this.#server.due({ tunnel, line, lines, silentSinceMs, nowMs })
    this.#server.settle(line, lines)
    const pinged = this.#silence.due({
      wan: this.#wan,
      line: lines.find(({ name }) => name === line) ?? null,
      endpoint: this.#server.endpoint,
      inside: this.#wan.tunnel.inside,
      ...{ silentSinceMs, nowMs },
    })
    return [...asked, ...pinged]
  }

  #tend(line: string | null, second: string | null, decided: Decided): Errand[] {
    const { uplinks, host, nowMs } = decided
    const { name, index, tunnel } = this.#wan
    const link = tunnelLink(name)
    const { endpoint } = this.#server
    const { privateKey, peerKey, address, keepaliveSeconds, mtu } = tunnel
    const lines = uplinks.flatMap((one) => (tunnel.over.includes(one.name) ? (one.link ?? []) : []))
    const both = bothLines(this.#wan, { line, second, endpoint }, uplinks)
    this.#isAlone = tunnel.mode === 'both' && line !== null && both === null
    const wish: TunnelWish = {
      ...{ name, link, mark: outerMark(index), port: tunnelPort(index), endpoint },
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

  #look(isAnswering: boolean, nowMs: number): Errand[] {
    if (nowMs < this.#lookAtMs) return []
    this.#lookAtMs = nowMs + (isAnswering ? lookRarelyMs : lookEveryMs)
    return [{ kind: 'look_at_tunnel', tunnel: this.#wan.name }]
  }

  #say(problem: string | null): void {
    // A failure has been logged when it happened.
    const isNew = problem !== null && problem !== this.problem && this.#failure === null
    if (isNew) this.#log.warn(problem)
    this.problem = problem
  }

  #problemNow(line: string | null, { healths, nowMs, wallMs }: Decided): string | null {
    const { name, tunnel } = this.#wan
    const { endpoint, unknownBy, text: server } = this.#server
    if (this.#failure !== null) return `the tunnel ${name} can't be set up: ${this.#failure}`
    if (line === null) return `no line may carry the tunnel ${name} now`
    if (endpoint === null) {
      if (unknownBy.length === 0) return null
      return `the tunnel ${name}: nobody knows ${tunnel.endpoint.host} by ${unknownBy.join(' or ')}`
    }
    if (this.#isAlone) {
      const why = endpoint.host.includes(':')
        ? 'its server has no IPv4 address, as copies need'
        : 'no second line has IPv4 and a gateway, as copies need'
      return `the tunnel ${name} is on ${line} alone: ${why}`
    }
    if (this.#silentSinceMs === null || !this.isStanding) return null
    const silentMs = nowMs - this.#silentSinceMs
    if (silentMs < patienceMs || rank(healths.ipv4.get(line)) === 0) return null
    const { handshakeMs, publicKey } = this
    const isNewer = handshakeMs !== null && handshakeMs > wallMs - silentMs
    const handshake = isNewer ? 'since' : handshakeMs === null ? 'never' : 'before'
    const { asked } = this.#silence
    return whySilent({ tunnel: name, line, server, publicKey, unknownBy, asked, handshake })
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
  // With a link each, it is all the same which of them carries it: nothing is set up anew for that.
  const isSwapped = one.link !== other.link && one.wan > other.wan
  return { lines: isSwapped ? [other, one] : [one, other], wan: index, inside: tunnel.inside }
}

const retryMs = 5_000
/** A device that others delete at once comes back at this pace. */
const againMs = 2_000
const lookEveryMs = 2_000
const lookRarelyMs = 60_000
/** A handshake that got lost is tried again after 5 s. */
const patienceMs = 6_000
