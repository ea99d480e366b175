/**
 * The policy of this machine's own packets, for those who can't ask nft: the first that means all
 * of them. One for some destinations or ports only is none: a rule of the kernel that has another
 * program's selector can't tell such packets apart.
 */
import { defaultDestination, type Family, familyOf } from '../../model/address.ts'
import type { Decision, PolicyDecision } from '../../model/decision.ts'
import type { Matcher, PolicySettings, Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { asNetwork, contains, isWithin } from '../networks.ts'

export interface HostPolicy {
  readonly name: string
  /** The WANs that it may use. */
  readonly use: readonly string[]
  /** The WAN that carries it now; null: none. */
  readonly wan: string | null
}

export interface HostQuestion {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly decision: Decision
}

export function hostPolicy(
  { settings, uplinks, decision }: HostQuestion,
  family: Family,
): HostPolicy {
  const means = (from: readonly Matcher[]) => meansHost(from, uplinks, family)
  const own = settings.policies.find((policy) => isForAll(policy) && means(policy.from))
  const name = own?.name ?? 'default'
  const { use } = own ?? settings.defaultPolicy
  const { tested, policies } = decision
  const isTested = means(settings.testFailover.devices) && tested.has(name)
  const decided: PolicyDecision | undefined = (isTested ? tested : policies).get(name)?.[family]
  return { name, use, wan: decided?.wan ?? null }
}

function isForAll({ to, protocol, ports }: PolicySettings): boolean {
  return to.length === 0 && protocol === 'any' && ports.length === 0
}

/** By name, or by all addresses that this machine's packets may leave with. */
function meansHost(from: readonly Matcher[], uplinks: readonly Uplink[], family: Family): boolean {
  if (from.some(({ kind }) => kind === 'host' || kind === 'all')) return true
  const networks = from.flatMap((matcher) =>
    matcher.kind === 'address' && familyOf(matcher.cidr) === family
      ? [asNetwork(matcher.cidr)]
      : [],
  )
  if (networks.some((network) => isWithin(defaultDestination[family], network))) return true
  const addresses = uplinks
    .flatMap(({ ways }) => ways[family].addresses)
    .filter(({ scope }) => scope === 'global')
  return (
    addresses.length > 0 &&
    addresses.every(({ address }) => networks.some((network) => contains(network, address)))
  )
}
