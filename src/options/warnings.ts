/** What is allowed and yet most likely not meant; one sentence each, its path first. */
import type { PolicySettings, Settings } from '../model/settings.ts'

export function warningsOf(settings: Settings): string[] {
  return [
    ...warnOfTargets(settings),
    ...warnOfMeteredInterval(settings),
    ...warnOfUnreachablePolicies(settings.policies),
  ]
}

function warnOfTargets({ probe, wans }: Settings): string[] {
  const warnings: string[] = []
  if (probe.targets.length === 1) {
    warnings.push(
      'probe.targets: there is only one target, and its failure looks like a dead WAN; ' +
        'give two or three',
    )
  }
  for (const wan of wans) {
    if (wan.gateway6 !== 'none' && probe.targets6.length === 0) {
      warnings.push(
        `probe.targets6: without targets, the IPv6 of ${wan.name} is never probed; it follows IPv4`,
      )
    }
    if (probe.targets.includes(wan.gateway) || probe.targets6.includes(wan.gateway6)) {
      warnings.push(
        `probe.targets: the gateway of ${wan.name} answers even when its Internet is gone; ` +
          'give addresses on the Internet',
      )
    }
  }
  return warnings
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
