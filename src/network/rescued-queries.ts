/**
 * Which queries to a silent resolver go to one that answers, and by which WAN: the one that the
 * asking client's own policy uses now, or none at all. It must never name a WAN that the policy may
 * not use; the decision has left out what is capped.
 */
import { type ByFamily, byFamily, type Family, families, familyOf } from '../model/address.ts'
import type { PolicyDecision } from '../model/decision.ts'
import { mainTable } from '../model/host.ts'
import { everyPolicy, type PolicyUse } from '../model/settings/every-policy.ts'
import type { Uplink } from '../model/uplink.ts'
import { contains, prefixLengthOf } from './networks.ts'
import { desiredRoutes } from './routes/desired-routes.ts'
import type { Wanted } from './wanted.ts'

export interface RescuedQueries {
  /** By policy name, `default` included, where any query of it goes elsewhere. */
  readonly of: ReadonlyMap<string, RescuedPolicy>
  /** What some policy's queries go to. */
  readonly answers: readonly Answer[]
}

export interface RescuedPolicy {
  /** The WAN that its queries leave by; null: they are left alone. */
  readonly wans: ByFamily<string | null>
  /** The same for its devices under test; null where a test changes nothing for it. */
  readonly tested: ByFamily<string | null> | null
}

export interface Answer {
  readonly family: Family
  /** Asked by clients. */
  readonly resolver: string
  /** Answers in its place, by this WAN. */
  readonly address: string
  readonly uplink: Uplink
}

export type RescueSources = Pick<
  Wanted,
  'settings' | 'uplinks' | 'decision' | 'rescues' | 'nat6' | 'dnat' | 'avoidedUses'
>

export function rescuedQueries(sources: RescueSources): RescuedQueries {
  const possible = possibleAnswers(sources)
  const of = new Map<string, RescuedPolicy>()
  if (possible.length === 0) return { of, answers: [] }
  const { settings, decision } = sources
  for (const policy of everyPolicy(settings)) {
    const wans = wansOf(policy, decision.policies.get(policy.name), possible)
    const underTest = decision.tested.get(policy.name)
    const hasTest = underTest !== undefined && policy.use.length > 1
    const tested = hasTest ? wansOf(policy, underTest, possible) : null
    if (isAny(wans) || (tested !== null && isAny(tested))) of.set(policy.name, { wans, tested })
  }
  const used = ({ family, uplink }: Answer) =>
    [...of.values()].some(({ wans, tested }) =>
      [wans[family], tested?.[family]].includes(uplink.name),
    )
  return { of, answers: possible.filter(used) }
}

/** By resolver, what becomes of queries to it, as a text to compare; left out: nothing does. */
export function rescueTexts(sources: RescueSources): ReadonlyMap<string, string> {
  const { of, answers } = rescuedQueries(sources)
  const policies = [...of].map(([policy, { wans, tested }]) => [policy, wans, tested])
  const texts = new Map<string, string>()
  for (const { resolver } of answers) {
    const own = answers
      .filter((answer) => answer.resolver === resolver)
      .map(({ uplink, address }) => [uplink.name, address])
    texts.set(resolver, JSON.stringify([own, policies]))
  }
  return texts
}

/** Whether `main` has a way to what answers that the WAN's own table has not. */
export function isLedElsewhere({ host, uplinks }: Pick<Wanted, 'host' | 'uplinks'>) {
  const copies = desiredRoutes(uplinks, host)
  return ({ family, address, uplink }: Answer): boolean =>
    host.routes.some(
      ({ table, destination, ...route }) =>
        table === mainTable &&
        route.family === family &&
        prefixLengthOf(destination) > 0 &&
        contains(destination, address) &&
        !copies.some((copy) => copy.table === uplink.table && copy.destination === destination),
    )
}

function possibleAnswers(sources: RescueSources): Answer[] {
  const { rescues = [], uplinks, nat6, dnat, avoidedUses } = sources
  // While marks change their meaning, nobody's policy can be told.
  if (avoidedUses !== undefined || dnat === false) return []
  return rescues.flatMap(({ resolver, answersBy }) => {
    const family = familyOf(resolver)
    if (family === 'ipv6' && nat6 === false) return []
    return uplinks.flatMap((uplink) => {
      const address = answersBy.get(uplink.name)
      const leaves = uplink.link !== null && uplink.ways[family].hop !== null
      return address === undefined || !leaves ? [] : [{ family, resolver, address, uplink }]
    })
  })
}

function wansOf(
  { use }: PolicyUse,
  decided: ByFamily<PolicyDecision> | undefined,
  possible: readonly Answer[],
): ByFamily<string | null> {
  return byFamily((family) => {
    const wan = decided?.[family].wan ?? null
    if (wan === null || !use.includes(wan)) return null
    const answers = possible.some((one) => one.family === family && one.uplink.name === wan)
    return answers ? wan : null
  })
}

function isAny(wans: ByFamily<string | null>): boolean {
  return families.some((family) => wans[family] !== null)
}
