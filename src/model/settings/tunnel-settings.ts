/** The options of a tunnel, beside what it shares with every other WAN. */
import type { Endpoint } from '../tunnel/endpoint.ts'

export interface TunnelSettings {
  readonly kind: 'wireguard'
  /** The lines that it rides on, in order of preference; never a tunnel. */
  readonly over: readonly string[]
  /** The user has named them: then a metered one is meant, too. */
  readonly overGiven: boolean
  readonly endpoint: Endpoint
  /** The key itself, or the path of its file; null: we make one and keep it. */
  readonly privateKey: string | null
  readonly peerKey: string
  /** This machine's addresses in it, with their prefix lengths; one of IPv4 at least. */
  readonly address: readonly string[]
  readonly keepaliveSeconds: number
  /** null: as the lines below allow. */
  readonly mtu: number | null
}

/** Linux allows 15 letters; the options see to it that no two tunnels share these. */
export function tunnelLink(name: string): string {
  return `wf-${name.slice(0, 12)}`
}
