import type { Decision, PolicyDecisions } from '../model/decision.ts'
import { everyPolicy } from '../model/settings/every-policy.ts'
import type { Settings } from '../model/settings/settings.ts'

/**
 * What was seen in a round before anything changes, as the decision before ours: a policy whose
 * preferred WAN was silent begins with one that answered. null: nothing speaks against the order.
 */
export function firstDecision(
  { settings, answered }: { readonly settings: Settings; readonly answered: ReadonlySet<string> },
  decision: Decision,
): Decision | null {
  if (decision.mode !== 'automatic') return null
  const begun = everyPolicy(settings).flatMap(({ name, use, balance }) => {
    const wan = use.find((one) => answered.has(one))
    if (wan === undefined || wan === use[0] || balance) return []
    const reason = `${wan} answered before anything was set up, and ${use[0]} did not`
    // Nothing was asked by IPv6.
    return [[name, { ipv4: { wan, reason }, ipv6: { wan: null, reason } }] as const]
  })
  if (begun.length === 0) return null
  const policies: PolicyDecisions = new Map(begun)
  return { ...decision, policies }
}
