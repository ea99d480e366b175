/**
 * Phrases of nft that several chains share; a WAN is its link and its packets' next hop there. What
 * code has to take apart again is no phrase but a value, see `nft-table.ts`.
 */
import type { Family } from '../../model/address.ts'
import { families } from '../../model/address.ts'
import { markMask, maxWans, probePorts, resolverAskPorts } from '../../model/marks.ts'
import type { Hop, Uplink } from '../../model/uplink.ts'
import type { NftChain, NftRule } from './nft-table.ts'

/** Gives the packet a mark of ours and leaves the bits of others. */
export function setMark(value: number): string {
  return `meta mark set meta mark & ${hex(othersMask)} | ${hex(value)}`
}

/** The same for its connection, which remembers it. */
export function setConnectionMark(value: number): string {
  return `ct mark set ct mark & ${hex(othersMask)} | ${hex(value)}`
}

export function connectionMarkIs(value: number): string {
  return `ct mark & ${hex(markMask)} == ${hex(value)}`
}

export function connectionMarkIsNot(value: number): string {
  return `ct mark & ${hex(markMask)} != ${hex(value)}`
}

/** No WAN of ours is remembered for the connection. */
export const unmarkedConnection = `ct mark & ${hex(markMask)} == 0`

/** The packet has a mark of ours. */
export const isMarked = `meta mark & ${hex(markMask)} != 0`

/** It has none. */
export const isUnmarked = `meta mark & ${hex(markMask)} == 0`

export interface Leaving {
  readonly family: Family
  readonly hop: Hop
  readonly condition: string
}

/** The source ports of all probes that carry no mark. */
export const allProbePorts = `${probePorts(0).first}-${probePorts(maxWans - 1).last}`

/** Probes that carry no mark, and questions to the machine's resolvers: who asks is known by the port. */
export const ownQuestions = [
  allProbePorts,
  `${resolverAskPorts.first}-${resolverAskPorts.last}`,
].map((ports) => `meta l4proto { tcp, udp } th sport ${ports} return`)

/** What leaves by a WAN, a condition for each family that it has a way out in. */
export function leaving({ link, ways }: Uplink): Leaving[] {
  if (link === null) return []
  return families.flatMap((family) => {
    const { hop } = ways[family]
    if (hop === null) return []
    const next =
      hop.kind === 'gateway'
        ? `rt ${protocolWord(family)} nexthop ${hop.address}`
        : `meta nfproto ${family}`
    return { family, hop, condition: `oifname "${link}" ${next}` }
  })
}

/** The links of WANs as a set to compare with; null where none of them has one. */
export function linkSet(uplinks: readonly Uplink[]): string | null {
  const links = new Set(uplinks.flatMap(({ link }) => (link === null ? [] : `"${link}"`)))
  return links.size === 0 ? null : `{ ${[...links].join(', ')} }`
}

export function protocolWord(family: Family): 'ip' | 'ip6' {
  return family === 'ipv4' ? 'ip' : 'ip6'
}

/** ICMPv6 133 to 137 (RFC 4861): without them the gateway itself can't be found. */
export const neighbourDiscovery =
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, ' +
  'nd-redirect }'

/** `hook` is null for a chain that others go to. */
export function chain(name: string, hook: string | null, rules: readonly NftRule[]): NftChain {
  return { name, hook, rules }
}

export function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}

/** The bits of a mark that are not ours. */
const othersMask = 0x00ffffff
