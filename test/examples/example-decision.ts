import { undecided } from '../../src/decision/decide.ts'
import type { Decision } from '../../src/model/decision.ts'
import { bothFamilies } from './both-families.ts'

/** Each policy on its WAN; a WAN alone is the default policy's. */
export function exampleDecision(
  wans: string | null | Readonly<Record<string, string | null>>,
  changes: Partial<Decision> = {},
): Decision {
  const byPolicy = typeof wans === 'object' && wans !== null ? wans : { default: wans }
  const policies = Object.entries(byPolicy).map(
    ([policy, wan]) =>
      [policy, bothFamilies({ wan, reason: `${wan} is up: 1.1.1.1 answers` })] as const,
  )
  return { ...undecided, policies: new Map(policies), ...changes }
}
