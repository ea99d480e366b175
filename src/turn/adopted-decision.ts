import { byFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import { adoptedWans, type Standing } from '../network/rules/adopted.ts'

/** What an earlier run left standing is the decision before ours; null where nothing stands. */
export function adoptedDecision(standing: Standing, decision: Decision): Decision | null {
  const wans = adoptedWans(standing, decision)
  if (wans.size === 0) return null
  const policies = [...wans].map(([name, adopted]) => {
    const both = byFamily((family) => {
      const wan = adopted[family]
      return { wan, reason: `${wan} was in use at the start` }
    })
    return [name, both] as const
  })
  return { ...decision, policies: new Map(policies) }
}
