import type { LinkEvidence } from '../model/health.ts'

/** Where the WAN's probes go, as far as the host knows. */
export interface WanPath {
  readonly link: string | null
  readonly gateway: string | null
  readonly gateway6: string | null
  readonly evidence: LinkEvidence
}

/** The same link and gateways: what was measured there still holds. */
export function isSamePlace(one: WanPath, other: WanPath): boolean {
  return one.link === other.link && one.gateway === other.gateway && one.gateway6 === other.gateway6
}
