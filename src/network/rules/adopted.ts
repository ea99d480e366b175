/** What the kernel's rules say of an earlier run's decisions: the next start goes on from there. */
import { type ByFamily, type Family, families } from '../../model/address.ts'
import type { Decision } from '../../model/decision.ts'
import type { HostState, Rule } from '../../model/host.ts'
import { priorities } from '../../model/marks.ts'
import { everyPolicy } from '../../model/settings/every-policy.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { asideName } from '../nft/chains/aside-chains.ts'
import { type Classes, trafficClasses } from '../policies/traffic-classes.ts'
import { isOurRule } from './rule-operations.ts'
import { ownerOf } from './table-owner.ts'

export interface Standing {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
}

export type AdoptedWans = ReadonlyMap<string, ByFamily<string>>

/**
 * The WANs that were decided on for each policy that has a rule of ours; `decision` says what was
 * chosen by hand. A family without a rule of its own, as where the kernel has no IPv6, goes by the
 * other one's.
 */
export function adoptedWans(standing: Standing, decision: Decision): AdoptedWans {
  const classes = trafficClasses(standing.settings, decision)
  return wansOf(standing, classes, ({ policy, family, wan }) => {
    const decided = standing.uplinks.find(({ name }) =>
      hasChain(asideName(policy, { family, wan: name, classes }), standing),
    )
    return decided?.name ?? wan
  })
}

/** The WANs that new connections take: in a sidestep these are others. */
export function routedWans(standing: Standing, decision: Decision): AdoptedWans {
  return wansOf(standing, trafficClasses(standing.settings, decision), ({ wan }) => wan)
}

interface Led {
  readonly policy: string
  readonly family: Family
  /** Where its rule leads. */
  readonly wan: string
}

function wansOf(
  standing: Standing,
  { of }: Classes,
  wanFor: (led: Led) => string,
): Map<string, ByFamily<string>> {
  const wans = new Map<string, ByFamily<string>>()
  for (const { name } of everyPolicy(standing.settings)) {
    const use = of.get(name)?.use
    const priority = use === undefined ? priorities.defaultPolicy : priorities.use(use)
    const [ipv4, ipv6] = families.map((family) => {
      const wan = wanOf(priority, family, standing)
      return wan === null ? null : wanFor({ policy: name, family, wan })
    })
    const either = ipv4 ?? ipv6 ?? null
    if (either !== null) wans.set(name, { ipv4: ipv4 ?? either, ipv6: ipv6 ?? either })
  }
  return wans
}

function hasChain(name: string, { host }: Standing): boolean {
  return host.nft?.includes(`chain ${name} {`) === true
}

/**
 * The WAN that the rule of this priority leads to. Of two that a crash in the middle of a flip has
 * left, the second is the newer decision.
 */
function wanOf(priority: number, family: Family, standing: Standing): string | null {
  const rule = standing.host.rules.findLast(
    (one) => one.family === family && one.priority === priority && isAsked(one),
  )
  if (rule?.action.kind !== 'lookup') return null
  return ownerOf({ family, table: rule.action.table }, standing)?.name ?? null
}

/** Not what only leads this machine's packets to nft. */
function isAsked(rule: Rule): boolean {
  return isOurRule(rule) && rule.incoming === null
}
