/**
 * The step between two plans in which marks mean different things, as after new options: nft and
 * the rules can't change in the same moment, and in between a mark of the old plan would meet a
 * rule of the new one. So all traffic goes by marks for a moment that neither of the two uses.
 */

import type { HostState, Route, Rule } from '../../model/host.ts'
import { maxUses, priorities } from '../../model/marks.ts'
import { everyPolicy } from '../../model/settings/every-policy.ts'
import { desiredState } from '../desired-state.ts'
import { planName } from '../policies/plan-name.ts'
import { trafficClasses } from '../policies/traffic-classes.ts'
import { isOurRoute } from '../routes/route-operations.ts'
import { isForUnmarked, isOurRule } from '../rules/rule-operations.ts'
import { ownerOf } from '../rules/table-owner.ts'
import type { DesiredState, Wanted } from '../wanted.ts'

/** null where there is no need of it: no plan stands, or the same one. */
export function detour(wanted: Wanted): DesiredState | null {
  const { host, settings, decision } = wanted
  if (host.nft === null || host.nft.includes(`chain ${planName(wanted)} {`)) return null
  const standing = host.rules.filter(isOurRule)
  const marked = standing.filter(({ priority }) => priority >= priorities.use(0))
  const { all, rest } = trafficClasses(settings, decision)
  const taken = new Set([
    ...marked.map(({ priority }) => Math.floor((priority - priorities.use(0)) / 2)),
    ...[...all, rest].map(({ use }) => use),
  ])
  if (!fits(wanted, taken)) return null
  const desired = desiredState({ ...wanted, avoidedUses: taken })
  // A packet without a mark goes where it went before, until nft gives it one.
  const unmarked = standing.filter(isForUnmarked).map((rule) => followed(rule, wanted, desired))
  const rules = [...desired.rules.filter((rule) => !isForUnmarked(rule)), ...unmarked]
  rules.sort((a, b) => a.priority - b.priority)
  const routes = [...desired.routes, ...waysStillAsked(unmarked, desired, host)]
  return { ...desired, rules, routes, holdFirst: false }
}

/** To the same WAN, though by the new options its table may have another number. */
function followed(rule: Rule, wanted: Wanted, { rules, routes }: DesiredState): Rule {
  const { family, priority, incoming, action } = rule
  if (action.kind !== 'lookup') return rule
  const owner = ownerOf({ family, table: action.table }, wanted)
  if (owner !== undefined) return { ...rule, action: { ...action, table: owner.table } }
  if (!routes.some(({ table }) => table === action.table)) return rule
  // Its WAN is none any more, and the number is another one's.
  const successor = rules.find(
    (one) => one.family === family && one.priority === priority && one.incoming === incoming,
  )
  return successor ?? rule
}

/** Of a WAN that is none any more, as long as a packet may have no other way. */
function waysStillAsked(
  unmarked: readonly Rule[],
  { routes }: DesiredState,
  host: HostState,
): readonly Route[] {
  const used = new Set(routes.map(({ table }) => table))
  const asked = new Set(
    unmarked.flatMap(({ action }) => (action.kind === 'lookup' ? [action.table] : [])),
  )
  return host.routes.filter(
    (route) => isOurRoute(route) && asked.has(route.table) && !used.has(route.table),
  )
}

/** So many distinct uses leave too few marks for a detour: such options change straight. */
function fits({ settings, decision }: Wanted, taken: ReadonlySet<number>): boolean {
  const { of } = trafficClasses(settings, decision)
  const names = new Set(everyPolicy(settings).map(({ name }) => of.get(name)?.name ?? ''))
  return taken.size + names.size * (decision.tested.size === 0 ? 1 : 2) <= maxUses
}
