import type { Family } from '../model/address.ts'
import type { Uplink } from '../model/uplink.ts'
import { contains } from './networks.ts'

/**
 * The host's addresses that get replies by this WAN, those for new connections first. WANs on one
 * link share their IPv4 ones; of the IPv6 ones only those of the gateway's own prefix are the WAN's,
 * and none where nobody tells which that is.
 */
export function repliedAddresses({ ways, sharesLink }: Uplink, family: Family): readonly string[] {
  const { hop, addresses, prefixes } = ways[family]
  if (hop === null) return []
  const isShared = sharesLink && family === 'ipv6' && hop.kind === 'gateway'
  return addresses
    .filter(({ scope }) => scope === 'global')
    .filter(({ address }) => !isShared || prefixes.some((prefix) => contains(prefix, address)))
    .toSorted((a, b) => Number(b.usable) - Number(a.usable))
    .map(({ address }) => address)
}
