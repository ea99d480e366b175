/** Why a WAN was found to be down, for a user at 3 a.m. */
import type { ProbePlan } from './probe-plan.ts'
import type { Suspicion } from './suspicion.ts'
import type { WanPath } from './wan-path.ts'

export function silentTargetsReason(
  suspicion: Suspicion,
  { plan, path, nowMs }: { plan: ProbePlan; path: WanPath; nowMs: number },
): string {
  if (suspicion.refusal !== null && suspicion.allRefused) return suspicion.refusal
  const asked = plan.mainStream()?.records.map((record) => record.target) ?? []
  const silentMs = Math.round(nowMs - suspicion.sinceMs)
  const gateway = plan.gateway.answeredSince(suspicion.sinceMs)
    ? `, though the gateway ${path.gateway} replies`
    : ''
  return `no reply from ${asked.join(', ')} for ${silentMs} ms${gateway}`
}

export function silentGatewayReason({ gateway, link }: WanPath): string {
  return `the gateway ${gateway} does not answer on ${link}`
}
