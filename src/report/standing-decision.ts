import { undecided } from '../decision/decide.ts'
import type { Decision } from '../model/decision.ts'
import { adoptedWans, type Standing } from '../network/adopted.ts'
import { decisionIfDown } from './explain.ts'

/** What the kernel's rules say comes before what would be decided with every WAN healthy. */
export function standingDecision(standing: Standing): Decision {
  const wans = adoptedWans(standing, undecided)
  const decision = decisionIfDown(standing.settings, [], undecided)
  const policies = [...decision.policies].map(([name, decided]) => {
    const wan = wans.get(name)
    const adopted =
      wan === undefined ? decided : { ...decided, wan, reason: `${wan} is in use now` }
    return [name, adopted] as const
  })
  return { ...decision, policies: new Map(policies) }
}
