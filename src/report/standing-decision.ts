import { undecided } from '../decision/decide.ts'
import { byFamily } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import { adoptedWans, type Standing } from '../network/rules/adopted.ts'
import { decisionIfDown } from './explain.ts'

/** What the kernel's rules say comes before what would be decided with every WAN healthy. */
export function standingDecision(standing: Standing): Decision {
  const wans = adoptedWans(standing, undecided)
  const decision = decisionIfDown(standing.settings, [], undecided)
  const policies = [...decision.policies].map(([name, decided]) => {
    const adopted = wans.get(name)
    if (adopted === undefined) return [name, decided] as const
    const inUse = byFamily((family) => {
      const wan = adopted[family]
      return { ...decided[family], wan, reason: `${wan} is in use now` }
    })
    return [name, inUse] as const
  })
  return { ...decision, policies: new Map(policies) }
}
