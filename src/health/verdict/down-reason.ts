/** Why a WAN was found to be down, for a user at 3 a.m. */
import type { Family } from '../../model/address.ts'
import { gatewayAddress } from '../../model/uplink.ts'
import type { ProbePlan } from '../probing/probe-plan.ts'
import type { WanPath } from '../wan-path.ts'
import type { Suspicion } from './suspicion.ts'

interface Silence {
  readonly plan: ProbePlan
  readonly path: WanPath
  readonly family: Family
  readonly nowMs: number
}

export function silenceReason(suspicion: Suspicion, silence: Silence): string {
  const { plan, path, family, nowMs } = silence
  if (plan.gateway.silent) return silentGatewayReason(path, family)
  if (suspicion.refusal !== null && suspicion.allRefused) return suspicion.refusal
  const asked = plan.mainStream()?.records.map((record) => record.target) ?? []
  const silentMs = Math.round(nowMs - suspicion.sinceMs)
  const gateway = plan.gateway.answeredSince(suspicion.sinceMs)
    ? `, though the gateway ${gatewayAddress(path.hops[family])} replies`
    : ''
  return `no reply from ${asked.join(', ')} for ${silentMs} ms${gateway}`
}

export function silentGatewayReason({ hops, link }: WanPath, family: Family): string {
  return `the gateway ${gatewayAddress(hops[family])} does not answer on ${link}`
}
