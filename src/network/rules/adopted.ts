/** What the kernel's rules say of an earlier run's decisions: the next start goes on from there. */
import type { Decision } from '../../model/decision.ts'
import { everyPolicy } from '../../model/every-policy.ts'
import type { HostState, Rule } from '../../model/host.ts'
import { priorities } from '../../model/marks.ts'
import type { Settings } from '../../model/settings.ts'
import { isOurRule } from '../diff/diff.ts'
import { trafficClasses } from '../policies/traffic-classes.ts'
import type { Uplink } from '../uplinks.ts'

export interface Standing {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
}

/** The WAN of each policy that has a rule of ours; `decision` tells what was chosen by hand. */
export function adoptedWans(standing: Standing, decision: Decision): ReadonlyMap<string, string> {
  const { settings } = standing
  const { of } = trafficClasses(settings, decision)
  const wans = new Map<string, string>()
  for (const { name } of everyPolicy(settings)) {
    const use = of.get(name)?.use
    const wan = wanOf(use === undefined ? priorities.defaultPolicy : priorities.use(use), standing)
    if (wan !== null) wans.set(name, wan)
  }
  return wans
}

/**
 * The WAN that the rule of this priority leads to. Of two that a crash in the middle of a flip has
 * left, the second is the newer decision.
 */
function wanOf(priority: number, { host, uplinks }: Standing): string | null {
  const rule = host.rules.findLast(
    (one) => one.family === 'ipv4' && one.priority === priority && isAsked(one),
  )
  if (rule?.action.kind !== 'lookup') return null
  const { table } = rule.action
  return uplinks.find((uplink) => uplink.table === table)?.name ?? null
}

/** Not what only leads this machine's packets to nft. */
function isAsked(rule: Rule): boolean {
  return isOurRule(rule) && rule.incoming === null
}
