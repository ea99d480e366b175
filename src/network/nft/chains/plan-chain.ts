/**
 * A chain without a rule, whose name says which plan stands, see `plan-name.ts`. It must never
 * stand while marks are about to change their meaning.
 */
import { planName } from '../../policies/plan-name.ts'
import type { Wanted } from '../../wanted.ts'
import type { NftPart } from '../nft-part.ts'
import { chain } from '../nft-words.ts'

/** A detour is no plan of its own: nothing may take it for one. */
export function planChain(wanted: Wanted): NftPart {
  if (wanted.avoidedUses !== undefined) return {}
  return { chains: [chain(planName(wanted), null, [])] }
}
