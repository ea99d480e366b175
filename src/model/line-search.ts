/**
 * A search for lines to the Internet: where to look, and what was heard there. `lines/` thinks out the
 * one and judges the other, `probe/lines/` carries it out.
 */
import type { FoundBy, LineAnswer } from './published/found-line.ts'

export interface LinePlan {
  readonly links: readonly SearchedLink[]
  readonly gateways: readonly KnownGateway[]
  /** As far as the kernel knows them. */
  readonly routers6: readonly Router6[]
  /** IPv4, whom to ask through each line. */
  readonly targets: readonly string[]
  /** IPv6, for the public address. */
  readonly targets6: readonly string[]
  readonly dnsName: string
}

/** A link that lines may be behind. */
export interface SearchedLink {
  readonly name: string
  readonly index: number
  /** Its own; null: what is sent into it is on its way, there is no Ethernet. */
  readonly mac: string | null
  readonly subnets: readonly SearchedSubnet[]
  /** Something may be behind it without a gateway. */
  readonly direct: boolean
  /** For a router solicitation; null: it has no IPv6. */
  readonly linkLocal: string | null
  /** Those by which something on the Internet can answer. */
  readonly global6: readonly string[]
}

export interface SearchedSubnet {
  /** The host's address in it. */
  readonly own: string
  /** Whom to ask by ARP, the most likely first. */
  readonly ask: readonly string[]
}

/** What somebody said of a gateway before it was asked. */
export interface KnownGateway {
  readonly link: string
  readonly address: string
  readonly foundBy: FoundBy
}

/** What a router said of itself, or the kernel of it. */
export interface Router6 {
  /** null: its link isn't known. */
  readonly link: string | null
  readonly address: string
  readonly mac: string
}

export interface HeardLines {
  readonly lines: readonly HeardLine[]
  readonly routers6: readonly Router6[]
}

/** One that may be a line: what it answered when it was sent what isn't for it. */
export interface HeardLine {
  readonly link: string
  /** null: a link without a gateway. */
  readonly address: string | null
  readonly mac: string | null
  /** The quickest of each target and method. */
  readonly answered: readonly LineAnswer[]
  /** It says of itself that it passes packets on. */
  readonly forwards: boolean
  /** Where the answers came from, if not from itself: the MAC of another one on this link. */
  readonly answersFrom: string | null
  /** It told us the way that it goes itself: by this neighbour of ours. */
  readonly redirectsTo: string | null
  /** Who is behind it, the nearest first; null: somebody who doesn't say. */
  readonly hops: readonly (string | null)[]
  readonly publicIp: string | null
  readonly publicIp6: string | null
}
