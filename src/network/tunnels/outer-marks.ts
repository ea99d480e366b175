/**
 * What dials marks no packet of its own, but keeps to a source port of ours. A rule leads that port,
 * so that the kernel takes the line's address; here its packets get the mark that WireGuard gives its
 * own, and are known by it to all else: policies leave them alone, a line's book counts them.
 */
import { outerMark, tunnelPort } from '../../model/marks.ts'
import type { NftPart } from '../nft/nft-part.ts'
import { chain, isUnmarked, setMark } from '../nft/nft-words.ts'
import type { Wanted } from '../wanted.ts'

export function outerMarks({ settings }: Wanted): NftPart {
  const rules = settings.wans.flatMap(({ index, tunnel }) =>
    tunnel?.kind === 'l2tp'
      ? [`udp sport ${tunnelPort(index)} ${isUnmarked} ${setMark(outerMark(index))}`]
      : [],
  )
  if (rules.length === 0) return {}
  // Before policies look for what has no mark.
  return { chains: [chain('dialled', 'route hook output priority mangle - 1', rules)] }
}
