/**
 * The neighbours as sets of nft, and the words that let packets pass whose other end is one. Every
 * chain that resets, cuts, drops, marks or translates asks here first. The sets have names by their
 * content, so they are filled before any rule asks them, see `nft-scripts.ts`.
 */
import { type ByFamily, byFamily, type Family, families } from '../../model/address.ts'
import type { Uplink } from '../../model/uplink.ts'
import { besideUplink, leadsBy, neighboursOf } from '../neighbours.ts'
import type { Wanted } from '../wanted.ts'
import { contentName } from './named-sets.ts'
import type { RangeSet } from './nft-table.ts'
import { protocolWord } from './nft-words.ts'
import { elementsText } from './print-table.ts'

export interface Near {
  readonly sets: readonly RangeSet[]
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
  const sets = new Map<string, RangeSet>()
  const named = (family: Family, elements: readonly string[]): string => {
    const name = contentName(`neighbours_${family}`, elementsText(elements))
    sets.set(name, { kind: 'set', name, type: `${family}_addr`, elements })
    return `@${name}`
  }
  const all = neighboursOf({ host, uplinks })
  const everywhere = byFamily((family) => named(family, all[family]))
  const to = byFamily((family) => `${protocolWord(family)} daddr ${everywhere[family]}`)
  const ofEach = (condition: (uplink: Uplink, family: Family) => string) =>
    new Map(uplinks.map((uplink) => [uplink.name, byFamily((family) => condition(uplink, family))]))
  const asideOf = (uplink: Uplink, family: Family): string => {
    // Packets for a gateway say by their next hop what they are.
    if (uplink.ways[family].hop?.kind !== 'link') return everywhere[family]
    const routes = host.routes.filter((route) => !leadsBy(route, uplink))
    return named(family, neighboursOf({ host: { ...host, routes }, uplinks })[family])
  }
  return {
    pass: families.map((family) => `${to[family]} accept`),
    to,
    notTo: byFamily((family) => `${protocolWord(family)} daddr != ${everywhere[family]}`),
    notFromBeside: ofEach((uplink, family) => {
      const beside = named(family, besideUplink(uplink, family, { host, uplinks }))
      return `${protocolWord(family)} saddr != ${beside}`
    }),
    notToAside: ofEach(
      (uplink, family) => `${protocolWord(family)} daddr != ${asideOf(uplink, family)}`,
    ),
    sets: [...sets.values()],
  }
}
