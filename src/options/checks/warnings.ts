/** What is allowed and yet most likely not meant; one sentence each, its path first. */
import { families } from '../../model/address.ts'
import type { PolicySettings, Settings } from '../../model/settings/settings.ts'
import { targetsOf } from '../../model/settings/targets-of.ts'
import type { GivenWay } from '../../model/uplink.ts'

export function warningsOf(settings: Settings): string[] {
  return [
    ...warnOfTargets(settings),
    ...warnOfMeteredInterval(settings),
    ...warnOfUnreachablePolicies(settings.policies),
  ]
}

function warnOfTargets({ probe, wans }: Settings): string[] {
  const warnings: string[] = []
  if (probe.targets.ipv4.length === 1) {
    warnings.push(
      'probe.targets: there is only one target, and its failure looks like a dead WAN; ' +
        'give two or three',
    )
  }
  for (const wan of wans) {
    if (wan.ways.ipv6.kind !== 'none' && targetsOf(wan, probe).ipv6.length === 0) {
      warnings.push(
        `probe.targets6: without targets, the IPv6 of ${wan.name} is never probed; it follows IPv4`,
      )
    }
    const targets = targetsOf(wan, probe)
    if (wan.targets.ipv4.length === 1) {
      warnings.push(
        `wans[${wan.index}].targets: ${wan.name} has only one IPv4 target, and its failure ` +
          'looks like a dead WAN; give two or three',
      )
    }
    if (families.some((family) => isTarget(wan.ways[family], targets[family]))) {
      const own = families.some((family) => isTarget(wan.ways[family], wan.targets[family]))
      warnings.push(
        `${own ? `wans[${wan.index}]` : 'probe'}.targets: the gateway of ${wan.name} answers ` +
          'even when its Internet is gone; give addresses on the Internet',
      )
    }
  }
  return warnings
}

function isTarget(way: GivenWay, targets: readonly string[]): boolean {
  return way.kind === 'address' && targets.includes(way.address)
}

function warnOfMeteredInterval({ probe, wans }: Settings): string[] {
  const metered = wans.some((wan) => wan.metered)
  if (!metered || probe.meteredIntervalMs >= probe.intervalMs) return []
  return ['probe.metered_interval: metered WANs are probed more often than the others']
}

function warnOfUnreachablePolicies(policies: readonly PolicySettings[]): string[] {
  const catchAll = policies.findIndex(matchesEverything)
  const hidden = catchAll === -1 ? [] : policies.slice(catchAll + 1)
  return hidden.map(
    (policy) =>
      `policies: ${policy.name} never matches, since ${policies[catchAll]?.name} before it ` +
      'matches everything',
  )
}

function matchesEverything(policy: PolicySettings): boolean {
  const everyone = policy.from.some((matcher) => matcher.kind === 'all')
  return everyone && policy.to.length === 0 && policy.protocol === 'any'
}
