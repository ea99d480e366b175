/**
 * What the kernel says: links, addresses, rules, routes. A `HostState` is read whole and compared
 * with what we want; it is never patched from events.
 */
import type { Family } from './address.ts'

export interface HostState {
  readonly links: readonly Link[]
  readonly addresses: readonly Address[]
  /** Every table but `local`, unicast and the error types, no multicast, no cached ones. */
  readonly routes: readonly Route[]
  /** In the order the kernel walks them. */
  readonly rules: readonly Rule[]
  /** Whose MAC is known; left out: nobody's. */
  readonly neighbours?: readonly Neighbour[]
  /** The IPv6 routers that have said what they offer; left out: nobody listens. */
  readonly routers?: readonly Router[]
  /** false where the kernel has no IPv6: then there are no IPv6 rules either. */
  readonly ipv6: boolean
  /** Our nft table as the kernel lists it (stateless text), null where it isn't there, or unread. */
  readonly nft: string | null
  /** Why nft can't say whether our table is there; left out: it can. */
  readonly nftUnread?: string
  /** What Docker does to forwarded packets; null where it has no chain that we could accept in. */
  readonly docker: DockerFilter | null
}

/** Docker's rules for forwarded packets, as far as clients depend on them. */
export interface DockerFilter {
  /** Families whose forward chain drops what nobody accepts, and whose DOCKER-USER can accept. */
  readonly drops: readonly Family[]
  /** Ours in DOCKER-USER, in its order, known by their comment. */
  readonly accepts: readonly DockerAccept[]
  /** Links that clients may be on: Ethernet, and no bridge of containers or virtual machines. */
  readonly clientLinks: readonly string[]
}

/** One rule of ours in DOCKER-USER. */
export interface DockerAccept {
  readonly family: Family
  /** All that stands behind the chain's name, as `iptables -S` prints it. */
  readonly words: string
}

export interface Neighbour {
  readonly address: string
  readonly link: string
  readonly mac: string
}

/** An IPv6 router of a link, by its own word (RFC 4861, 4.2). */
export interface Router {
  readonly link: string
  /** Link-local. */
  readonly address: string
  /** null: it doesn't say. */
  readonly mac: string | null
  /** It takes packets for the Internet. */
  readonly offersDefault: boolean
  /** The networks of the link that it calls its own, as CIDRs. */
  readonly prefixes: readonly string[]
}

export interface Link {
  readonly index: number
  readonly name: string
  /** Administratively up. */
  readonly up: boolean
  /** The cable is in, the peer is there (LOWER_UP and no NO-CARRIER). */
  readonly carrier: boolean
  /** `loopback`, `ether`, `none`, `ppp`, … as iproute2's link_type. */
  readonly type: string
  readonly mac: string | null
}

export interface Address {
  readonly family: Family
  readonly link: string
  readonly address: string
  readonly prefixLength: number
  readonly scope: 'global' | 'site' | 'link' | 'host'
  /** Tentative or failed duplicate detection, or deprecated: not for new connections. */
  readonly usable: boolean
}

export interface Route {
  readonly family: Family
  readonly table: number
  /** CIDR; a default route is `0.0.0.0/0` or `::/0`. */
  readonly destination: string
  readonly type: RouteType
  readonly protocol: number
  /** 0 where IPv4 shows none. */
  readonly metric: number
  /** `link`, `global`, `host`, …; null where the kernel shows none (IPv6, and IPv4 `global`). */
  readonly scope: string | null
  /** Preferred source address. */
  readonly source: string | null
  readonly mtu: number | null
  /** Empty for the error types. */
  readonly nextHops: readonly NextHop[]
}

export type RouteType = 'unicast' | 'unreachable' | 'blackhole' | 'prohibit' | 'throw' | 'other'

export interface NextHop {
  /** null: the destination is on the link itself. */
  readonly gateway: string | null
  readonly link: string
  readonly weight: number
  readonly onlink: boolean
}

export interface Rule {
  readonly family: Family
  readonly priority: number
  readonly protocol: number
  readonly mark: { readonly value: number; readonly mask: number } | null
  /** Incoming interface; `lo` is this machine's own packets. */
  readonly incoming: string | null
  /** CIDR; null is everybody. */
  readonly from: string | null
  readonly to: string | null
  readonly ipProtocol: 'tcp' | 'udp' | 'icmp' | null
  readonly sourcePorts: { readonly first: number; readonly last: number } | null
  readonly action: RuleAction
  /** Further selectors as `ip rule` reads them, as `oif tun0 uidrange 9-9`; left out: none. */
  readonly words?: string
  /** Selectors that we don't model, as text; null for ours, and for most of others'. */
  readonly other: string | null
}

export type RuleAction =
  | {
      readonly kind: 'lookup'
      readonly table: number
      /** Routes with a prefix this short or shorter don't count; null: all count. */
      readonly suppressPrefixLength: number | null
    }
  | { readonly kind: 'unreachable' | 'blackhole' | 'prohibit' }
  | { readonly kind: 'other'; readonly text: string }

/** Settings of the kernel that decide whether clients' packets pass; read, never written. */
export interface ForwardingState {
  readonly ipForward: boolean
  readonly ip6Forward: boolean
  /** Effective `rp_filter` a link: the larger of `all` and its own; 1 is strict. */
  readonly reversePathFilter: Readonly<Record<string, number>>
  /** A link: does the kernel send neighbours a shorter way, past us? */
  readonly sendRedirects: Readonly<Record<string, boolean>>
  /** A link: does the kernel believe others who send it one? */
  readonly acceptRedirects: Readonly<Record<string, boolean>>
  /** How a forwarded packet fares in others' chains; `unknown` where it can't be read. */
  readonly forwardPolicy: 'accept' | 'drop' | 'unknown'
  /** The chain that drops, as `ip filter FORWARD`; null where none is known to. */
  readonly droppingChain: string | null
  /** true where Docker's DOCKER-USER chain is there. */
  readonly dockerUser: boolean
  /** true where only Docker's chains drop, and an accept of ours in DOCKER-USER lets pass. */
  readonly amendable: boolean
}

/** What the kernel can do, each tried at start in a scratch table or namespace-safe way. */
export interface Capabilities {
  readonly nft: boolean
  readonly ctMark: boolean
  readonly conntrack: boolean
  readonly multipath: boolean
  readonly forwarding: boolean
  /** false: no translation of IPv6; left out: it is there. */
  readonly nat6?: boolean
  /** false: no translation of one IPv6 prefix into another; left out: it is there. */
  readonly prefix6?: boolean
  /** false: no translation of where a packet goes; left out: it is there. */
  readonly dnat?: boolean
  /** false: no counters in sets that packets fill; left out: they are there. */
  readonly setCounters?: boolean
}

/** As long as nothing was tried. */
export const nothingPossible: Capabilities = {
  nft: false,
  ctMark: false,
  conntrack: false,
  multipath: false,
  forwarding: false,
}

/** What a link has carried since it was made. */
export interface LinkBytes {
  readonly received: number
  readonly sent: number
}

/** The answer of `ip route get`. */
export interface RouteAnswer {
  /** null: unreachable or prohibited. */
  readonly nextHop: { readonly gateway: string | null; readonly link: string } | null
  readonly table: number
  readonly source: string | null
}

/** A question for `ip route get`. */
export interface RouteQuestion {
  readonly family: Family
  readonly target: string
  readonly mark?: number
  /** The question of a UDP socket bound to this port. */
  readonly sourcePort?: number
  readonly from?: string
  readonly incoming?: string
}

/** The kernel's table for routes that nobody gives another one (rt_tables of iproute2). */
export const mainTable = 254

/** Of the rules and routes that the kernel makes itself, RTPROT_KERNEL of linux/rtnetlink.h. */
export const kernelProtocol = 2
