/**
 * The steps from what the kernel says now to what is desired, in an order that keeps the host
 * reachable: routes, and the first nft table, before the rules that lead to them; a new rule before
 * the old one goes. Whatever is not of our protocol is neither compared nor touched.
 */
import type { HostState } from '../../model/host.ts'
import { acceptChanges } from '../accepts/accept-operations.ts'
import { type AppliedNft, appliedNft, nftChanges } from '../nft/nft-operations.ts'
import { routeChanges } from '../routes/route-operations.ts'
import { ruleChanges } from '../rules/rule-operations.ts'
import type { DesiredState } from '../wanted.ts'
import type { Change } from './change.ts'

/** What the kernel made of ours, where its words differ from ours; null: nothing is known. */
export type Applied = AppliedNft | null

export function diff(desired: DesiredState, host: HostState, applied: Applied): readonly Change[] {
  const rules = ruleChanges(desired, host)
  const routes = routeChanges(desired, host)
  const nft = nftChanges(desired, host, applied)
  const phase = phaseOfNft(desired, host)
  const nftIn = (one: typeof phase) => (one === phase ? nft : [])
  return [
    ...nftIn('first'),
    ...routes.wanted,
    ...(phase === 'before_flips' ? [...rules.fresh, ...nft, ...rules.flips] : rules.missing),
    ...rules.replaced,
    ...nftIn('after_flips'),
    // Without a successor a rule goes only when nft gives its mark to nobody any more.
    ...rules.abandoned,
    // Chains of iptables are a process each to change: what leads anywhere comes first.
    ...acceptChanges(desired, host),
    ...routes.surplus,
    ...nftIn('last'),
  ]
}

/**
 * What is known after these changes led to this host. One that failed may be half made, and its
 * listing needn't show it: nothing is known then.
 */
export function nowApplied(before: Applied, { made, failed, after }: Outcome): Applied {
  if (failed.some(({ kind }) => kind === 'replace_nft')) return null
  if (made.some(({ kind }) => kind === 'delete_nft')) return null
  return appliedNft(made, after) ?? before
}

export interface Outcome {
  readonly made: readonly Change[]
  readonly failed: readonly Change[]
  readonly after: HostState
}

type NftPhase = 'first' | 'before_flips' | 'after_flips' | 'last'

function phaseOfNft({ nft, holdFirst }: DesiredState, host: HostState): NftPhase {
  if (nft === null) return 'last'
  // Clients are translated before anything leads them to a WAN; later a flip must not wait for nft.
  if (host.nft === null) return 'first'
  // A mark without its rule would go by the default; a rule that moves traffic waits.
  return holdFirst ? 'before_flips' : 'after_flips'
}
