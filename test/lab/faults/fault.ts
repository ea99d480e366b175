/**
 * What can go wrong on a WAN, and the Internet's nft rules for the kinds that are packets which
 * don't arrive. The gateway stays alive and answers its LAN in all of those.
 */
import type { WanNumber } from '../network/plan.ts'

/** As seen from the house: `out` is what it sends, `in` is what comes back. */
export type Direction = 'out' | 'in' | 'both'

export type Fault = { readonly wan: WanNumber } & FaultKind

export type FaultKind =
  /** Nothing passes between the gateway and the Internet, and nobody says so. */
  | { readonly kind: 'upstream-silent' }
  /** Nothing passes over IPv6, or over IPv4, and nobody says so; the other one is well. */
  | { readonly kind: 'ipv6-silent' | 'ipv4-silent' }
  /** Nothing passes for so long, by the kernel's own clock; then all is as before, by itself. */
  | { readonly kind: 'hiccup'; readonly lastsMs: number }
  /** Nothing passes in one direction; default `in`: the Internet hears, its answers are lost. */
  | { readonly kind: 'upstream-oneway'; readonly direction?: 'out' | 'in' }
  /** The gateway lost its line, knows it, and answers "unreachable". */
  | { readonly kind: 'upstream-unreachable' }
  /** The gateway answers nothing any more, ARP included; the host keeps its carrier. */
  | { readonly kind: 'gateway-dead' }
  /** The host's cable is cut: no carrier, address and admin state stay. One subnet: both WANs. */
  | { readonly kind: 'carrier-cut' }
  /** The host's interface is gone, as when a stick is pulled. One subnet: both WANs. */
  | { readonly kind: 'link-deleted' }
  /** Port 53 is silent, UDP and TCP; everything else lives. */
  | { readonly kind: 'dns-dead' }
  /** No TCP passes, to servers or from them; ping and DNS over UDP live. */
  | { readonly kind: 'tcp-dead' }
  /** A portal of the provider's answers whatever is asked at port 80, by a redirect to its page. */
  | { readonly kind: 'captive-portal' }
  /** Echo requests, v4 and v6, are silent; everything else lives. */
  | { readonly kind: 'icmp-dead' }
  /**
   * Each packet is lost with this probability, 0.01 to 100. Default `in`, so that it is also the
   * round trip's; with `both` a round trip is lost with 1 − (1 − p)².
   */
  | { readonly kind: 'loss'; readonly percent: number; readonly direction?: Direction }
  /** Answers come later by `delayMs` ± up to `jitterMs`, evenly distributed, never reordered. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly jitterMs?: number }

/** The whole of the Internet's fault table: one transaction, whatever stood there before. */
export function faultRules(faults: readonly Fault[]): string {
  const arriving = faults.flatMap((fault) => rulesFor(fault, 'out'))
  const leaving = faults.flatMap((fault) => rulesFor(fault, 'in'))
  // Without neighbour discovery the gateway would notice, and not be silent any more.
  const spare = 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept'
  // Postrouting, because a slow line's answers get their way only on the second pass.
  return `table inet faults {}
delete table inet faults
table inet faults {
  ${hiccupSet(faults)}
  chain arriving {
    type filter hook prerouting priority -310;
    ${[spare, ...arriving].join('\n    ')}
  }
  chain leaving {
    type filter hook postrouting priority -310;
    ${[spare, ...leaving].join('\n    ')}
  }
  ${portalChain(faults)}
}
`
}

/** Only where it is wanted: translation makes the Internet track connections. */
function portalChain(faults: readonly Fault[]): string {
  const rules = faults
    .filter(({ kind }) => kind === 'captive-portal')
    .map(({ wan }) => `iifname "wan${wan}" tcp dport 80 redirect to :8080`)
  if (rules.length === 0) return ''
  return `chain portals { type nat hook prerouting priority dstnat; ${rules.join('; ')}; }`
}

/** Its elements leave it in time. */
function hiccupSet(faults: readonly Fault[]): string {
  const lines = faults.flatMap((fault) =>
    fault.kind === 'hiccup' ? [`"wan${fault.wan}" timeout ${fault.lastsMs}ms`] : [],
  )
  if (lines.length === 0) return ''
  return `set hiccups { type ifname; flags timeout; elements = { ${lines.join(', ')} }; }`
}

function rulesFor(fault: Fault, way: 'out' | 'in'): string[] {
  const passing = `${way === 'out' ? 'iifname' : 'oifname'} "wan${fault.wan}"`
  return dropConditions(fault, way).map((condition) => `${passing} ${condition} drop`)
}

function dropConditions(fault: FaultKind, way: 'out' | 'in'): string[] {
  switch (fault.kind) {
    case 'upstream-silent':
      return ['']
    case 'ipv6-silent':
      return ['meta nfproto ipv6']
    case 'ipv4-silent':
      return ['meta nfproto ipv4']
    case 'hiccup':
      return [`${way === 'out' ? 'iifname' : 'oifname'} @hiccups`]
    case 'upstream-oneway':
      return (fault.direction ?? 'in') === way ? [''] : []
    case 'dns-dead':
      return way === 'out' ? ['udp dport 53', 'tcp dport 53'] : []
    case 'tcp-dead':
      return ['meta l4proto tcp']
    case 'icmp-dead':
      return way === 'out' ? ['icmp type echo-request', 'icmpv6 type echo-request'] : []
    case 'loss':
      return lossConditions(fault.percent, fault.direction ?? 'in', way)
    case 'upstream-unreachable':
    case 'gateway-dead':
    case 'carrier-cut':
    case 'link-deleted':
    case 'captive-portal':
    case 'slow':
      return []
  }
}

function lossConditions(percent: number, direction: Direction, way: 'out' | 'in'): string[] {
  if (!(percent >= 0.01 && percent <= 100)) {
    throw new RangeError(`loss is 0.01 to 100 percent, not ${percent}`)
  }
  if (direction !== 'both' && direction !== way) return []
  // nft refuses a comparison that is always true.
  if (percent === 100) return ['']
  return [`numgen random mod 10000 < ${Math.round(percent * 100)}`]
}
