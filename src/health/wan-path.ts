import { type ByFamily, type Family, families } from '../model/address.ts'
import type { LinkEvidence } from '../model/health.ts'
import { gatewayAddress, type Hop } from '../model/uplink.ts'

/** Where the WAN's probes go, as far as the host knows. */
export interface WanPath {
  readonly link: string | null
  readonly hops: ByFamily<Hop | null>
  readonly evidence: LinkEvidence
}

/** Before the host was read. */
export const nowhere: WanPath = {
  link: null,
  hops: { ipv4: null, ipv6: null },
  evidence: { kind: 'unusable', reason: 'not looked at yet' },
}

/** The same link and next hops: what was measured there still holds. */
export function isSamePlace(one: WanPath, other: WanPath): boolean {
  return one.link === other.link && families.every((family) => isSameHop(one, other, family))
}

/** A MAC that is learned later changes nothing. */
function isSameHop(one: WanPath, other: WanPath, family: Family): boolean {
  const [a, b] = [one.hops[family], other.hops[family]]
  return a?.kind === b?.kind && gatewayAddress(a) === gatewayAddress(b)
}
