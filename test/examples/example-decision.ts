import { undecided } from '../../src/decision/decide.ts'
import type { Decision, PolicyDecision } from '../../src/model/decision.ts'

/** Each policy on its WAN; a WAN alone is the default policy's. */
export function exampleDecision(
  wans: string | null | Readonly<Record<string, string | null>>,
  changes: Partial<Decision> = {},
): Decision {
  const byPolicy = typeof wans === 'object' && wans !== null ? wans : { default: wans }
  const policies = Object.entries(byPolicy).map(([policy, wan]): [string, PolicyDecision] => [
    policy,
    { wan, reason: `${wan} is up: 1.1.1.1 answers` },
  ])
  return { ...undecided, policies: new Map(policies), ...changes }
}
