/**
 * Spreads the new connections of a balanced class over its WANs by weight, round and round. What
 * goes from the same client to the same place stays together for ten minutes; a running flow stays
 * where it began by its own memory, see `flow-chains.ts`. It needs no multipath of the kernel.
 */
import { type Family, families } from '../../../model/address.ts'
import { wanMark } from '../../../model/marks.ts'
import type { Uplink } from '../../../model/uplink.ts'
import type { TrafficClass } from '../../policies/traffic-classes.ts'
import type { Wanted } from '../../wanted.ts'
import type { NftChain, PacketSet } from '../nft-table.ts'
import { chain, leaving, protocolWord, setMark } from '../nft-words.ts'
import type { Side } from './policy-matches.ts'

/** The sets that remember which pair goes where, no matter which WANs are healthy now. */
export function pairSets(one: TrafficClass): readonly PacketSet[] {
  if (!one.balance) return []
  return one.wans.flatMap((wan) =>
    families.map((family) => ({
      kind: 'set',
      name: setName(one, wan, family),
      type: `${family}_addr . ${family}_addr`,
      timeout: '10m',
      size: 65_536,
      elements: null,
    })),
  )
}

/** The rules for a packet that no running flow claims; none where there is one WAN only. */
export function balanceRules(one: TrafficClass, side: Side, wanted: Wanted): string[] {
  return families.flatMap((family) => {
    const uplinks = spreadUplinks(one, wanted.uplinks, family)
    if (uplinks.length < 2) return []
    const known = uplinks.map(
      ({ name }) =>
        `${pair(family)} @${setName(one, name, family)} goto ${target(one, side, name)}`,
    )
    let first = 0
    const shares = uplinks.map(({ name, index }) => {
      const last = first + (wanted.settings.wans[index]?.weight ?? 1) - 1
      const numbers = first === last ? `${first}` : `${first}-${last}`
      first = last + 1
      return `${numbers} : goto ${target(one, side, name)}`
    })
    const turn = `numgen inc mod ${first} vmap { ${shares.join(', ')} }`
    return [...known, `meta nfproto ${family} ${turn}`]
  })
}

/** One chain a WAN: it remembers the pair, there and nowhere else, and marks the packet. */
export function balanceChains(one: TrafficClass, side: Side, wanted: Wanted): readonly NftChain[] {
  const uplinks = new Set(
    families
      .map((family) => spreadUplinks(one, wanted.uplinks, family))
      .filter(({ length }) => length > 1)
      .flat(),
  )
  return [...uplinks].map(({ name, index }) =>
    chain(target(one, side, name), null, [
      ...families.flatMap((family) => [
        `update @${setName(one, name, family)} { ${pair(family)} }`,
        ...one.wans
          .filter((other) => other !== name)
          .map((other) => `delete @${setName(one, other, family)} { ${pair(family)} }`),
      ]),
      setMark(wanMark(index)),
    ]),
  )
}

/** Those of the WANs that it is spread over which have a way out for this family at all. */
export function spreadUplinks(
  { carriers }: Pick<TrafficClass, 'carriers'>,
  uplinks: readonly Uplink[],
  family: Family,
): readonly Uplink[] {
  return uplinks.filter(
    (uplink) =>
      carriers[family].spread.includes(uplink.name) &&
      leaving(uplink).some((way) => way.family === family),
  )
}

function target({ use }: TrafficClass, side: Side, wan: string): string {
  return `${side}_use_${use}_${wan}`
}

function setName({ name }: TrafficClass, wan: string, family: Family): string {
  return `pairs_${name}_${wan}_${family}`
}

function pair(family: Family): string {
  const ip = protocolWord(family)
  return `${ip} saddr . ${ip} daddr`
}
