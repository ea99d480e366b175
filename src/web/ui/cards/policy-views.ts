/** The line of each policy: a row each, in the order in which they are tried. */

import type { Setup, SetupPolicy } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import type { Texts } from '../texts/texts.ts'

export interface PolicyView {
  readonly name: string
  readonly who: string
  /** Destinations, protocol and ports; null if it is everything. */
  readonly what: string | null
  readonly order: readonly string[]
  /** null: no line. */
  readonly uses: string | null
  readonly why: string
}

export function policyViews(
  snapshot: Snapshot,
  setup: Setup | null,
  texts: Texts,
): readonly PolicyView[] {
  const policies = setup?.policies ?? []
  return policies.map((policy) => {
    const now = snapshot.policies[policy.name]
    return {
      name: policy.name,
      who: whoOf(policy, policies.length, texts),
      what: whatOf(policy, texts),
      order: policy.use.filter((wan) => wan !== 'none'),
      uses: now?.wan ?? null,
      why: now?.reason ?? '',
    }
  })
}

function whoOf({ name, from }: SetupPolicy, count: number, { policies: t }: Texts): string {
  if (name === 'default') return count > 1 ? t.everyoneElse : t.everyone
  const words = from.map((one) => (one === 'all' ? t.everyone : one === 'host' ? t.host : one))
  return words.length === 0 ? t.everyone : words.join(', ')
}

function whatOf(
  { to, protocol, ports, failback }: SetupPolicy,
  { policies: t }: Texts,
): string | null {
  const parts = [
    ...(to.length === 0 ? [] : [t.to(to.join(', '))]),
    ...(protocol === 'any' ? [] : [protocol.toUpperCase()]),
    ...(ports.length === 0 ? [] : [t.ports(ports.join(', '))]),
    ...(failback === undefined ? [] : [t.returns[failback]]),
  ]
  return parts.length === 0 ? null : parts.join(' · ')
}
