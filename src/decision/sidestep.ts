/**
 * Where new connections go while the WAN that should carry them is under suspicion: to the next one
 * of their policy that is healthy. What is decided stays as it is; it computes and never acts. Three
 * rules stand above all: never to a WAN that the policy's `use` doesn't name, never to one that
 * nobody could fail over to, and where there is none, everything stays.
 */
import { type ByFamily, byFamily, type Family } from '../model/address.ts'
import type { Decision, PolicyDecision, PolicyDecisions, TestFailover } from '../model/decision.ts'
import type { Healths, WanHealths } from '../model/health.ts'
import { everyPolicy } from '../model/settings/every-policy.ts'
import type { Settings } from '../model/settings/settings.ts'
import { withinCap } from './choose.ts'
import { isSuspect, rank } from './rank.ts'

export interface SidestepQuestion {
  readonly settings: Settings
  readonly decision: Decision
  readonly healths: Healths
  /** The WANs that have a way out of this family. */
  readonly ways: ByFamily<ReadonlySet<string>>
  /** The WANs whose cap is reached: for policies that may go over it only. */
  readonly capped?: ReadonlySet<string>
  /** The WANs that are not avoided, though they are under suspicion; left out: none. */
  readonly patient?: ReadonlySet<string>
  /** What was routed until now: who has stepped aside goes on to the same WAN. */
  readonly before: Decision | null
}

export interface Sidestep {
  /** The decision with the WANs that new connections take; the same value where nobody avoids any. */
  readonly routed: Decision
  readonly detours: readonly Detour[]
}

export interface Detour {
  readonly policy: string
  readonly family: Family
  /** The WAN that was decided on. */
  readonly avoids: string
  readonly takes: string
}

export function sidestep(question: SidestepQuestion): Sidestep {
  const { decision, before } = question
  const { test } = decision
  const single = question.settings.testFailover.devices.length > 0
  const detours: Detour[] = []
  const route = (decided: PolicyDecisions, routed: PolicyDecisions, avoids: TestFailover | null) =>
    routePolicies(decided, { ...question, routed, test: avoids, detours })
  const policies = route(decision.policies, before?.policies ?? none, single ? null : test)
  const tested = route(decision.tested, before?.tested ?? none, test)
  return { routed: detours.length === 0 ? decision : { ...decision, policies, tested }, detours }
}

const none: PolicyDecisions = new Map()

/** The names of the WANs under suspicion; of one that is down there is no doubt any more. */
export function suspects(healths: WanHealths): readonly string[] {
  return [...healths].flatMap(([wan]) => (isSuspect(healths.get(wan)) ? [wan] : []))
}

export function whyAvoided(wans: readonly (string | null)[]): string {
  return `new connections avoid ${wans.join(' and ')}, which has fallen silent`
}

interface Circumstances extends SidestepQuestion {
  readonly routed: PolicyDecisions
  readonly test: TestFailover | null
  readonly detours: Detour[]
}

function routePolicies(decided: PolicyDecisions, circumstances: Circumstances): PolicyDecisions {
  const { settings, routed } = circumstances
  const policies = everyPolicy(settings).flatMap((policy) => {
    const own = decided.get(policy.name)
    if (own === undefined) return []
    const both = byFamily((family) => {
      const before = routed.get(policy.name)?.[family].wan ?? null
      const inFamily = { ...circumstances, ...policy, policy: policy.name, family }
      return routeOne(own[family], { ...inFamily, healths: inFamily.healths[family], before })
    })
    return [[policy.name, both] as const]
  })
  return new Map(policies)
}

interface OneQuestion
  extends Pick<Circumstances, 'settings' | 'ways' | 'capped' | 'patient' | 'test'> {
  readonly policy: string
  readonly use: readonly string[]
  readonly overCap: boolean
  readonly family: Family
  readonly healths: WanHealths
  /** The WAN that took its new connections until now. */
  readonly before: string | null
  readonly detours: Detour[]
}

function routeOne(decided: PolicyDecision, question: OneQuestion): PolicyDecision {
  const { healths, policy, family, patient, detours } = question
  const { wan, spread = [] } = decided
  const carriers = spread.length > 1 ? spread : [wan].filter((one) => one !== null)
  const rest = carriers.filter((one) => !isSuspect(healths.get(one)) || patient?.has(one) === true)
  if (rest.length === carriers.length) return decided
  const takes = rest.find((one) => one === wan) ?? rest[0] ?? nextOf(question)
  if (takes === null || (rest.length === 0 && takes === wan)) return decided
  const avoided = carriers.filter((one) => one !== takes && !rest.includes(one))
  for (const avoids of avoided) detours.push({ policy, family, avoids, takes })
  return {
    wan: takes,
    reason: whyAvoided(avoided),
    ...(decided.spread === undefined ? {} : { spread: rest.length > 0 ? rest : [takes] }),
  }
}

/**
 * Where a failover would lead, if it may begin so early. Who has stepped aside already stays there,
 * even if that WAN falls silent too: nothing is won by going back to the first one.
 */
function nextOf(question: OneQuestion): string | null {
  const { use, healths, before, ways, family, settings, test } = question
  const free = withinCap(use, question).filter((wan) => {
    const isMetered = settings.wans.some((one) => one.name === wan && one.metered)
    const isFree = !isMetered || settings.sidestep === 'always'
    return isFree && wan !== test?.avoid && ways[family].has(wan) && rank(healths.get(wan)) > 0
  })
  const trusted = free.filter((wan) => !isSuspect(healths.get(wan)))
  if (before !== null && trusted.includes(before)) return before
  const best = trusted.find((wan) => rank(healths.get(wan)) === 2) ?? trusted[0]
  return best ?? free.find((wan) => wan === before) ?? null
}
