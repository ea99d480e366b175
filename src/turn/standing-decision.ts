import { type ByFamily, byFamily, families } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'

/** What to report: where the kernel doesn't follow yet, a family is still where it was. */
export function standingDecision(
  decision: Decision,
  before: Decision,
  stands: ByFamily<boolean>,
): Decision {
  if (families.every((family) => stands[family])) return decision
  if (families.every((family) => !stands[family])) return { ...decision, policies: before.policies }
  const policies = [...decision.policies].map(([name, policy]) => {
    const was = before.policies.get(name) ?? policy
    return [name, byFamily((family) => (stands[family] ? policy : was)[family])] as const
  })
  return { ...decision, policies: new Map(policies) }
}
