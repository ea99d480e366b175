/**
 * A WAN's way to the Internet, one for each family: what the user said of it, and what the host has
 * of it now. Everything that treats the two families alike takes a `Family` and asks here.
 */
import type { ByFamily, Family } from './address.ts'
import type { Address } from './host.ts'

/** What the options say of a WAN's way in one family. */
export type GivenWay =
  /** By the gateway with this address. */
  | { readonly kind: 'address'; readonly address: string }
  /** By whatever the default route of the WAN's interface leads to. */
  | { readonly kind: 'learned' }
  /** Point to point: what is sent into the link is on its way, and no gateway is there to ask. */
  | { readonly kind: 'link' }
  /** The WAN carries nothing of this family. */
  | { readonly kind: 'none' }

/** Which interface the options name. A stick may come back under another name, never another MAC. */
export type GivenLink =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'mac'; readonly mac: string }

/** Where a packet that leaves by the WAN goes next. */
export type Hop =
  | {
      readonly kind: 'gateway'
      readonly address: string
      /** null where it is not known (yet), or has none. */
      readonly mac: string | null
    }
  | { readonly kind: 'link' }

/** A WAN's way in one family, as the host has it now. */
export interface Way {
  /** null: there is none by the options, or none on this host (yet). */
  readonly hop: Hop | null
  /** The host's own addresses of the family on the link. */
  readonly addresses: readonly Address[]
  /**
   * In IPv6 on a link that several WANs share, the networks of the link that get replies by this
   * one, as CIDRs. Empty: nobody tells, or the link is this WAN's alone.
   */
  readonly prefixes: readonly string[]
  /** Why it can't be used now; null: nothing on this host stands in its way. */
  readonly problem: string | null
  /** What is odd about it, though it is used; null: nothing. */
  readonly notice: string | null
}

/** Where a WAN is on this host right now. */
export interface Uplink {
  readonly name: string
  /** Position in the options, from 0. */
  readonly index: number
  readonly table: number
  /** null: no link of this host leads to its gateway. */
  readonly link: string | null
  /** Another WAN is on the same link. */
  readonly sharesLink: boolean
  /** It rides on others; left out: it is a line. */
  readonly isTunnel?: true
  readonly ways: ByFamily<Way>
}

/** The address of the uplink's gateway; null where it has none in this family. */
export function gatewayOf({ ways }: Pick<Uplink, 'ways'>, family: Family): string | null {
  return gatewayAddress(ways[family].hop)
}

/** null: there is no way, or nobody on it to ask. */
export function gatewayAddress(hop: Hop | null): string | null {
  return hop?.kind === 'gateway' ? hop.address : null
}

/** Whether the uplink has a way out in this family at all, usable now or not. */
export function hasWay({ ways }: Pick<Uplink, 'ways'>, family: Family): boolean {
  return ways[family].hop !== null
}
