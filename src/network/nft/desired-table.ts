/**
 * Our one nft table as it has to be, composed of what each concern contributes from a file of its
 * own in `chains/`. This is the only place that says what is in it and in which order it is
 * printed; it must never look into a contribution.
 */

import { forwardChains } from '../tunnels/forward-chains.ts'
import { outerMarks } from '../tunnels/outer-marks.ts'
import type { Wanted } from '../wanted.ts'
import { asideChains } from './chains/aside-chains.ts'
import { deadEndChains } from './chains/dead-end-chains.ts'
import { deviceChains } from './chains/device-chains.ts'
import { flowChains, flowMemory } from './chains/flow-chains.ts'
import { inboundChains } from './chains/inbound-chains.ts'
import { meteringChains } from './chains/metering-chains.ts'
import { mssChain } from './chains/mss-chain.ts'
import { ownUdpChain } from './chains/own-udp.ts'
import { planChain } from './chains/plan-chain.ts'
import { policyChains } from './chains/policy-chains.ts'
import { redirectsChain } from './chains/redirects-chain.ts'
import { rescueChains } from './chains/rescue-chains.ts'
import { translationChains } from './chains/translation-chains.ts'
import { type Near, nearOf } from './near.ts'
import { composed, type NftPart } from './nft-part.ts'
import type { NftTable } from './nft-table.ts'
import { sharedHookChains } from './shared-hooks.ts'

/** null: nothing of ours in nft. */
export function desiredTable(wanted: Wanted): NftTable | null {
  if (wanted.uplinks.every(({ link }) => link === null)) return null
  const near = nearOf(wanted)
  const { called, ...own } = composed([
    { sets: near.sets },
    ...parts.map((part) => part(wanted, near)),
  ])
  return { ...own, chains: [...own.chains, ...sharedHookChains(called)] }
}

const parts: readonly ((wanted: Wanted, near: Near) => NftPart)[] = [
  planChain,
  asideChains,
  redirectsChain,
  flowMemory,
  ownUdpChain,
  outerMarks,
  policyChains,
  translationChains,
  flowChains,
  meteringChains,
  inboundChains,
  forwardChains,
  deadEndChains,
  mssChain,
  rescueChains,
  deviceChains,
]
