import type { LinkEvidence } from '../model/health.ts'
import { gatewayAddress, type Hop } from '../model/uplink.ts'

/** Where the WAN's probes go, as far as the host knows. */
export interface WanPath {
  readonly link: string | null
  /** Of the family that is judged; null: none. */
  readonly hop: Hop | null
  readonly evidence: LinkEvidence
}

/** Before the host was read. */
export const nowhere: WanPath = {
  link: null,
  hop: null,
  evidence: { kind: 'unusable', reason: 'not looked at yet' },
}

/** The same link and next hop: what was measured there still holds. A MAC learned later changes nothing. */
export function isSamePlace(one: WanPath, other: WanPath): boolean {
  const isSameHop =
    one.hop?.kind === other.hop?.kind && gatewayAddress(one.hop) === gatewayAddress(other.hop)
  return one.link === other.link && isSameHop
}
