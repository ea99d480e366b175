/** The options of a tunnel, beside what it shares with every other WAN. */

import type { Endpoint } from '../tunnel/endpoint.ts'
import type { PortRange } from './settings.ts'

export type TunnelSettings = WireguardSettings | L2tpSettings

interface SharedSettings {
  /** The lines that it rides on, in order of preference; never a tunnel. */
  readonly over: readonly string[]
  /** The user has named them: then a metered one is meant, too. */
  readonly overGiven: boolean
  /** `both`: each packet leaves by two lines at once, and the first one counts. */
  readonly mode: 'roaming' | 'both'
  /** A metered line may be one of the two. */
  readonly bothMetered: boolean
  readonly endpoint: Endpoint
  /** This machine's addresses in it, with their prefix lengths. */
  readonly address: readonly string[]
  /** The server's address in it; null: it is not known, nor needed. */
  readonly inside: string | null
  readonly keepaliveSeconds: number
  /** null: as the lines below allow. */
  readonly mtu: number | null
}

/** One of its addresses is IPv4 at least. */
export interface WireguardSettings extends SharedSettings {
  readonly kind: 'wireguard'
  /** The key itself, or the path of its file; null: we make one and keep it. */
  readonly privateKey: string | null
  readonly peerKey: string
}

/** Dialled anew on each line. Without an IPv4 address among its own, the server gives one. */
export interface L2tpSettings extends SharedSettings {
  readonly kind: 'l2tp'
  readonly mode: 'roaming'
  readonly username: string
  readonly password: string
}

/** What comes in by a tunnel's address and goes to one device. */
export interface ForwardSettings {
  readonly tunnel: string
  /** `any`: the whole address, where nothing else is named before. */
  readonly protocol: 'tcp' | 'udp' | 'any'
  /** null: every port. */
  readonly ports: PortRange | null
  /** The device's own address; of IPv6 it need not be the one that the Internet knows. */
  readonly to: string
}

/** Linux allows 15 letters; the options see to it that no two tunnels share these. */
export function tunnelLink(name: string): string {
  return `wf-${name.slice(0, 12)}`
}
