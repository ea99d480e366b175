/**
 * The neighbours as sets of nft, and the words that let packets pass whose other end is one. Every
 * chain that resets, cuts, drops, marks or translates asks here first. The sets are live: a route
 * that comes changes what is in them and no rule, see `nft-scripts.ts`.
 */
import { type ByFamily, byFamily, type Family, families } from '../../model/address.ts'
import type { Uplink } from '../../model/uplink.ts'
import { besideUplink, leadsBy, neighboursOf } from '../neighbours.ts'
import type { Wanted } from '../wanted.ts'
import type { LiveSet } from './nft-table.ts'
import { protocolWord } from './nft-words.ts'

export interface Near {
  readonly sets: readonly LiveSet[]
  /** These end a chain for what goes to a neighbour. */
  readonly pass: readonly string[]
  /** The condition that a packet goes to a neighbour, and that it doesn't. */
  readonly to: ByFamily<string>
  readonly notTo: ByFamily<string>
  /** By WAN, the condition that a packet comes from no neighbour behind its link. */
  readonly notFromBeside: ReadonlyMap<string, ByFamily<string>>
  /** By WAN, as `notTo`; what a route of `main` leads by the WAN's own way is no neighbour here. */
  readonly notToAside: ReadonlyMap<string, ByFamily<string>>
}

export function nearOf({ host, uplinks }: Pick<Wanted, 'host' | 'uplinks'>): Near {
  const sets: LiveSet[] = []
  const named = (name: string, family: Family, elements: readonly string[]): string => {
    const full = `${name}_${family}`
    sets.push({ kind: 'set', live: true, name: full, type: `${family}_addr`, elements })
    return `@${full}`
  }
  const everywhere = byFamily((family) =>
    named('neighbours', family, neighboursOf(family, { host, uplinks })),
  )
  const to = byFamily((family) => `${protocolWord(family)} daddr ${everywhere[family]}`)
  const ofEach = (condition: (uplink: Uplink, family: Family) => string) =>
    new Map(uplinks.map((uplink) => [uplink.name, byFamily((family) => condition(uplink, family))]))
  const asideOf = (uplink: Uplink, family: Family): string => {
    // Packets for a gateway say by their next hop what they are.
    if (uplink.ways[family].hop?.kind !== 'link') return everywhere[family]
    const routes = host.routes.filter((route) => !leadsBy(route, uplink))
    const elements = neighboursOf(family, { host: { ...host, routes }, uplinks })
    return named(`aside_${uplink.name}`, family, elements)
  }
  return {
    pass: families.map((family) => `${to[family]} return`),
    to,
    notTo: byFamily((family) => `${protocolWord(family)} daddr != ${everywhere[family]}`),
    notFromBeside: ofEach((uplink, family) => {
      const elements = besideUplink(uplink, family, { host, uplinks })
      return `${protocolWord(family)} saddr != ${named(`beside_${uplink.name}`, family, elements)}`
    }),
    notToAside: ofEach(
      (uplink, family) => `${protocolWord(family)} daddr != ${asideOf(uplink, family)}`,
    ),
    sets,
  }
}
