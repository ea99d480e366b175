/** What one concern contributes to our nft table, and how the contributions become one. */
import type { NftTable } from './nft-table.ts'
import type { CalledChain } from './shared-hooks.ts'

/** What one concern contributes; a list that is left out is empty. */
export type NftPart = Partial<NftParts>

export interface NftParts extends NftTable {
  /** Chains at hooks that concerns share. */
  readonly called: readonly CalledChain[]
}

/** The parts one after another. Several may ask a set of one content, and so of one name. */
export function composed(parts: readonly NftPart[]): NftParts {
  const sets = parts.flatMap((part) => part.sets ?? [])
  return {
    objects: parts.flatMap(({ objects = [] }) => objects),
    sets: [...new Map(sets.map((set) => [set.name, set])).values()],
    chains: parts.flatMap(({ chains = [] }) => chains),
    called: parts.flatMap(({ called = [] }) => called),
  }
}
