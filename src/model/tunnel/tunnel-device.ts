/** What is wanted of a tunnel's device, and what is heard of it. Whoever logs these must leave keys out. */
import type { WireguardSettings } from '../settings/tunnel-settings.ts'
import type { Endpoint } from './endpoint.ts'

export interface TunnelWish extends Pick<WireguardSettings, 'privateKey' | 'peerKey' | 'address'> {
  readonly name: string
  /** The interface. */
  readonly link: string
  /** Of its outer packets. */
  readonly mark: number
  /** Where they leave from. */
  readonly port: number
  /** The server, with an address for a host; null: it is not known yet. */
  readonly endpoint: Endpoint | null
  readonly keepaliveSeconds: number
  /** null: what the narrowest of `lines` leaves. */
  readonly mtu: number | null
  /** null: it is on one line at a time. */
  readonly both: BothLines | null
  /** The interfaces that may carry it. */
  readonly lines: readonly string[]
}

/** Each packet leaves by two lines; on one link, the first of them carries the tunnel. */
export interface BothLines {
  readonly lines: readonly [CopyLine, CopyLine]
  /** The tunnel's own position. */
  readonly wan: number
  /** The server's address inside, which takes cookies. */
  readonly inside: string
}

export interface CopyLine {
  /** Its position. */
  readonly wan: number
  readonly link: string
  readonly gateway: string
  /** This machine's there. */
  readonly address: string
}

export type TunnelReport =
  /** It stands as wanted; `publicKey` is what the server has to know. */
  | { readonly kind: 'tended'; readonly publicKey: string }
  /** It can't be had as wanted, for this reason. */
  | { readonly kind: 'failed'; readonly reason: string }
  /**
   * When both ends last agreed on keys, in ms since 1970; null: never. `isWhole`: it has our key and
   * knows the server, as far as can be told.
   */
  | { readonly kind: 'looked'; readonly handshakeMs: number | null; readonly isWhole: boolean }
  /** What the server's name means by this line; empty: nobody there knows it. */
  | { readonly kind: 'resolved'; readonly line: string; readonly addresses: readonly string[] }
  /**
   * Whether the server's address answers a ping by this line, and its inner one in the tunnel;
   * null: that one is not known.
   */
  | {
      readonly kind: 'asked'
      readonly line: string
      readonly outside: boolean
      readonly inside: boolean | null
    }
