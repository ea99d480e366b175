/** Why a WAN was found to be down, for a user at 3 a.m. */
import { gatewayAddress } from '../../model/uplink.ts'
import type { ProbePlan } from '../probing/probe-plan.ts'
import type { WanPath } from '../wan-path.ts'
import type { Suspicion } from './suspicion.ts'

interface Silence {
  readonly plan: ProbePlan
  readonly path: WanPath
  readonly nowMs: number
}

export function silenceReason(suspicion: Suspicion, silence: Silence): string {
  const { plan, path, nowMs } = silence
  if (plan.gateway.silent) return silentGatewayReason(path)
  if (suspicion.refusal !== null && suspicion.allRefused) return suspicion.refusal
  const asked = plan.mainStream()?.records.map((record) => record.target) ?? []
  const silentMs = Math.round(nowMs - suspicion.sinceMs)
  const gateway = plan.gateway.answeredSince(suspicion.sinceMs)
    ? `, though the gateway ${gatewayAddress(path.hop)} replies`
    : ''
  return `no reply from ${asked.join(', ')} for ${silentMs} ms${gateway}`
}

export function silentGatewayReason({ hop, link }: WanPath): string {
  return `the gateway ${gatewayAddress(hop)} does not answer on ${link}`
}
