import { copyMark, markMask } from '../../model/marks.ts'
import type { Uplink } from '../../model/uplink.ts'
import { hex } from '../nft/nft-words.ts'
import type { Wanted } from '../wanted.ts'

/** What a copy of a tunnel's packet bears. */
export const isCopy = `meta mark & ${hex(markMask)} == ${hex(copyMark)}`

/**
 * Copies of tunnels' packets that leave by a line; null: none do. nft leads a copy to the gateway
 * itself, so no next hop shows the line. On a link that lines share, all copies go by the one that
 * doesn't carry the tunnel.
 */
export function copiesBy(
  { name, link, isTunnel }: Uplink,
  { settings, uplinks, rides }: Pick<Wanted, 'settings' | 'uplinks' | 'rides'>,
): string | null {
  if (link === null || isTunnel === true) return null
  const mayCopy = settings.wans.some(({ name: inner, tunnel }) => {
    if (tunnel?.mode !== 'both' || !tunnel.over.includes(name)) return false
    const others = uplinks.filter((one) => one.name !== name && tunnel.over.includes(one.name))
    if (others.every((one) => one.link !== link)) return true
    return rides?.some((ride) => ride.tunnel === inner && ride.second === name) === true
  })
  return mayCopy ? `oifname "${link}" ${isCopy}` : null
}
