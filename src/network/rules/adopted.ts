/** What the kernel's rules say of an earlier run's decisions: the next start goes on from there. */
import { type ByFamily, type Family, families } from '../../model/address.ts'
import type { Decision } from '../../model/decision.ts'
import type { HostState, Rule } from '../../model/host.ts'
import { priorities } from '../../model/marks.ts'
import { everyPolicy } from '../../model/settings/every-policy.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { trafficClasses } from '../policies/traffic-classes.ts'
import { isOurRule } from './rule-operations.ts'

export interface Standing {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
}

/**
 * The WANs of each policy that has a rule of ours; `decision` says what was chosen by hand. A family
 * without a rule of its own, as where the kernel has no IPv6, goes by the other one's.
 */
export function adoptedWans(
  standing: Standing,
  decision: Decision,
): ReadonlyMap<string, ByFamily<string>> {
  const { settings } = standing
  const { of } = trafficClasses(settings, decision)
  const wans = new Map<string, ByFamily<string>>()
  for (const { name } of everyPolicy(settings)) {
    const use = of.get(name)?.use
    const priority = use === undefined ? priorities.defaultPolicy : priorities.use(use)
    const [ipv4, ipv6] = families.map((family) => wanOf(priority, family, standing))
    const either = ipv4 ?? ipv6 ?? null
    if (either !== null) wans.set(name, { ipv4: ipv4 ?? either, ipv6: ipv6 ?? either })
  }
  return wans
}

/**
 * The WAN that the rule of this priority leads to. Of two that a crash in the middle of a flip has
 * left, the second is the newer decision.
 */
function wanOf(priority: number, family: Family, { host, uplinks }: Standing): string | null {
  const rule = host.rules.findLast(
    (one) => one.family === family && one.priority === priority && isAsked(one),
  )
  if (rule?.action.kind !== 'lookup') return null
  const { table } = rule.action
  return uplinks.find((uplink) => uplink.table === table)?.name ?? null
}

/** Not what only leads this machine's packets to nft. */
function isAsked(rule: Rule): boolean {
  return isOurRule(rule) && rule.incoming === null
}
