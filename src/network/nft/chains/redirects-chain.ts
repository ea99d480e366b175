/**
 * Keeps clients from being sent around us: an ICMP redirect to the gateway itself would make the
 * failover pass them by (RFC 1122 3.2.2.2).
 */
import type { Wanted } from '../../wanted.ts'
import type { NftPart } from '../nft-part.ts'
import { linkSet } from '../nft-words.ts'

export function redirectsChain({ uplinks }: Wanted): NftPart {
  const links = linkSet(uplinks)
  if (links === null) return {}
  return {
    called: [
      {
        name: 'redirects',
        when: 'meta l4proto { icmp, ipv6-icmp }',
        rules: [
          `icmp type redirect oifname ${links} drop`,
          `icmpv6 type nd-redirect oifname ${links} drop`,
        ],
      },
    ],
  }
}
