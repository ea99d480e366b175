import { undecided } from '../decision/decide.ts'
import { whyAvoided } from '../decision/sidestep.ts'
import { byFamily } from '../model/address.ts'
import type { Decision, PolicyDecision } from '../model/decision.ts'
import {
  type AdoptedWans,
  adoptedWans,
  routedWans,
  type Standing,
} from '../network/rules/adopted.ts'
import { decisionIfDown } from './explain.ts'

/** What the kernel's rules say comes before what would be decided with every WAN healthy. */
export function standingDecision(standing: Standing): Decision {
  const wans = adoptedWans(standing, undecided)
  const { settings, uplinks } = standing
  const decision = decisionIfDown(settings, { down: [], uplinks }, undecided)
  return withWans(decision, wans, (decided, wan) => ({
    ...decided,
    wan,
    reason: `${wan} is in use now`,
  }))
}

/** The same with the WANs that new connections take now: in a sidestep they avoid the decided one. */
export function standingRouting(standing: Standing, decision: Decision): Decision {
  const wans = routedWans(standing, undecided)
  return withWans(decision, wans, (decided, wan) =>
    decided.wan === wan ? decided : { wan, reason: whyAvoided([decided.wan]) },
  )
}

function withWans(
  decision: Decision,
  wans: AdoptedWans,
  inFamily: (decided: PolicyDecision, wan: string) => PolicyDecision,
): Decision {
  const policies = [...decision.policies].map(([name, decided]) => {
    const led = wans.get(name)
    if (led === undefined) return [name, decided] as const
    return [name, byFamily((family) => inFamily(decided[family], led[family]))] as const
  })
  return { ...decision, policies: new Map(policies) }
}
