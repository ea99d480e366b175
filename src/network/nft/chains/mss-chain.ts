/**
 * Tells both ends of a forwarded TCP connection how long a segment gets through the WAN's link.
 * Behind a narrow one, as PPPoE's, a server that hears no ICMP sends longer ones for ever, and
 * the connection stalls at its first full packet (RFC 2923 2.1).
 */
import { families } from '../../../model/address.ts'
import type { Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import type { NftPart } from '../nft-part.ts'
import { leaving } from '../nft-words.ts'

export function mssChain({ uplinks }: Wanted, near: Near): NftPart {
  const out = uplinks.flatMap((uplink) =>
    leaving(uplink).map(({ family, condition }) => `${condition} ${near.notTo[family]} ${clamp}`),
  )
  if (out.length === 0) return {}
  const back = uplinks.flatMap(({ name, link }) =>
    link === null
      ? []
      : families.map(
          (family) => `iifname "${link}" ${near.notFromBeside.get(name)?.[family]} ${clamp}`,
        ),
  )
  // WANs of one link have one way in.
  const rules = [notBeginning, ...new Set([...out, ...back])]
  return { called: [{ name: 'segment_sizes', when: 'meta l4proto tcp', rules }] }
}

/** Both ends name their size once, at the beginning. */
const notBeginning = 'tcp flags & (syn | rst) != syn return'

/** The kernel takes the narrower of the ways to both ends, and never makes a size larger. */
const clamp = 'tcp option maxseg size set rt mtu'
