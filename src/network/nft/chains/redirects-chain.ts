/**
 * Keeps clients from being sent around us: an ICMP redirect to the gateway itself would make the
 * failover pass them by (RFC 1122 3.2.2.2).
 */
import type { Wanted } from '../../wanted.ts'
import type { NftPart } from '../nft-table.ts'
import { chain } from '../nft-words.ts'

export function redirectsChain({ uplinks }: Wanted): NftPart {
  const links = [...new Set(uplinks.map(({ link }) => link).filter((link) => link !== null))]
  if (links.length === 0) return {}
  const set = `{ ${links.map((link) => `"${link}"`).join(', ')} }`
  return {
    chains: [
      chain('redirects', 'filter hook output priority filter', [
        `icmp type redirect oifname ${set} drop`,
        `icmpv6 type nd-redirect oifname ${set} drop`,
      ]),
    ],
  }
}
