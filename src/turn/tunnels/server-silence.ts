/**
 * Why nobody answers in a tunnel, as far as it can be found out from here. WireGuard says nothing to
 * a stranger and nothing of a wrong key, and takes a session for good for three minutes: so the
 * server is pinged, by the line and inside the tunnel.
 */
import type { WanSettings } from '../../model/settings/settings.ts'
import type { Endpoint } from '../../model/tunnel/endpoint.ts'
import type { TunnelReport } from '../../model/tunnel/tunnel-device.ts'
import type { Errand } from '../errand.ts'

export type ServerAsked = Extract<TunnelReport, { kind: 'asked' }>

export interface SilenceQuestion {
  readonly wan: WanSettings
  /** The line that carries it, and works. */
  readonly line: Pick<WanSettings, 'name' | 'index'> | null
  readonly endpoint: Endpoint | null
  readonly inside: string | null
  readonly silentSinceMs: number | null
  readonly nowMs: number
}

export class ServerSilence {
  #askAtMs = Number.POSITIVE_INFINITY
  #sinceMs: number | null = null
  /** Of this silence; null: nothing has come of the question yet. */
  asked: ServerAsked | null = null

  get wakeAtMs(): number {
    return this.#askAtMs
  }

  take(asked: ServerAsked): void {
    if (this.#sinceMs !== null) this.asked = asked
  }

  due({ wan, line, endpoint, inside, silentSinceMs, nowMs }: SilenceQuestion): readonly Errand[] {
    if (silentSinceMs !== this.#sinceMs) {
      this.#sinceMs = silentSinceMs
      this.asked = null
      this.#askAtMs =
        silentSinceMs === null
          ? Number.POSITIVE_INFINITY
          : Math.max(nowMs, silentSinceMs) + askAfterMs
    }
    if (silentSinceMs === null || nowMs < this.#askAtMs) return []
    this.#askAtMs = nowMs + (nowMs - silentSinceMs < longSilenceMs ? askAgainMs : askRarelyMs)
    if (line === null || endpoint === null) return []
    const within = inside === null ? null : { wan: wan.index, address: inside }
    const outside = { wan: line.index, address: endpoint.host }
    return [
      { kind: 'ask_server_of_tunnel', tunnel: wan.name, line: line.name, outside, inside: within },
    ]
  }
}

export interface Silence {
  readonly tunnel: string
  readonly line: string
  /** The server as the user calls it. */
  readonly server: string
  readonly publicKey: string | null
  /** The lines by which nobody knows its name, if nobody does. */
  readonly unknownBy: readonly string[]
  readonly asked: ServerAsked | null
  /** `since`: both ends have agreed on keys in this silence; `never`: they never have. */
  readonly handshake: 'since' | 'before' | 'never'
}

/** A sentence for the user. */
export function whySilent(silence: Silence): string {
  return `the tunnel ${silence.tunnel}: ${reasonOf(silence)}`
}

function reasonOf({ line, server, publicKey, unknownBy, asked, handshake }: Silence): string {
  if (asked?.inside === true || handshake === 'since') {
    return `the server ${server} answers by ${line}, but nothing comes from the Internet through it`
  }
  if (unknownBy.length > 0) {
    const where = unknownBy.join(' or ')
    return `nobody knows ${server} by ${where} any more, and its last address doesn't answer`
  }
  if (asked?.outside !== true) {
    return (
      `${line} works, but there is no handshake with ${server}` +
      `${asked === null ? '' : ', not even an answer to a ping'}: is the server running, and has it ` +
      `our public key ${publicKey}?`
    )
  }
  if (handshake === 'before') {
    return (
      `${server} answers a ping by ${line}, but its WireGuard has fallen silent: is that running, ` +
      `and has it our public key ${publicKey} still?`
    )
  }
  return (
    `the server ${server} answers a ping by ${line}, but there is no handshake with it: key? It needs ` +
    `our public key ${publicKey}, and peer_key has to be its own`
  )
}

/** A lost handshake is tried again after 5 s, and a hiccup is over by then. */
const askAfterMs = 1_500
const askAgainMs = 4_000
const askRarelyMs = 30_000
const longSilenceMs = 60_000
