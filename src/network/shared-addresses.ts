/**
 * Addresses that the links of two WANs have at once, as two identical modems lease them. Such an
 * address says nothing of the WAN: there only the connection's mark does.
 */
import type { Family } from '../model/address.ts'
import type { Address } from '../model/host.ts'
import type { Uplink } from '../model/uplink.ts'

/** The addresses by which a packet of this host shows which WAN it is meant for. */
export function tellingAddresses(
  uplink: Uplink,
  uplinks: readonly Uplink[],
  family: Family,
): readonly Address[] {
  if (uplink.sharesLink) return []
  return uplink.ways[family].addresses.filter(
    (own) => own.scope === 'global' && !isElsewhereToo(own, uplink, uplinks),
  )
}

/** Another WAN's link has the same address: these are two networks, however alike they look. */
export function isElsewhereToo(
  { family, address }: Address,
  uplink: Pick<Uplink, 'link'>,
  uplinks: readonly Uplink[],
): boolean {
  return uplinks.some(
    ({ link, ways }) =>
      link !== uplink.link && ways[family].addresses.some((other) => other.address === address),
  )
}

/** The addresses of several WANs, each with the names of these. */
export function sharedAddresses(
  uplinks: readonly Uplink[],
  family: Family,
): ReadonlyMap<string, readonly Uplink[]> {
  const shared = new Map<string, Uplink[]>()
  for (const uplink of uplinks) {
    for (const own of uplink.ways[family].addresses) {
      if (own.scope !== 'global' || !isElsewhereToo(own, uplink, uplinks)) continue
      shared.set(own.address, [...(shared.get(own.address) ?? []), uplink])
    }
  }
  return shared
}
