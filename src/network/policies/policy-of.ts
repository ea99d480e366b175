/** Which policy a packet belongs to, as the chains of `policy-chains.ts` decide it. */
import type { Matcher, PolicySettings } from '../../model/settings/settings.ts'
import { asNetwork, contains } from '../networks.ts'

export interface PolicyQuestion {
  readonly from: string
  readonly to: string
  /** This machine sends it. */
  readonly own: boolean
  readonly mac?: string
  /** Left out: no policy that names a protocol or ports matches. */
  readonly protocol?: 'tcp' | 'udp' | 'icmp'
  /** Destination port. */
  readonly port?: number
}

/** The first that matches; null: the default policy. */
export function policyOf(
  policies: readonly PolicySettings[],
  question: PolicyQuestion,
): PolicySettings | null {
  return policies.find((policy) => matches(policy, question)) ?? null
}

/** Whether one of the matchers means the sender. */
export function isFrom(matchers: readonly Matcher[], question: PolicyQuestion): boolean {
  return matchers.some((matcher) => means(matcher, question))
}

function means(matcher: Matcher, { from, own, mac }: PolicyQuestion): boolean {
  switch (matcher.kind) {
    case 'all':
      return true
    case 'host':
      return own
    case 'mac':
      return !own && matcher.mac === mac
    case 'address':
      return contains(asNetwork(matcher.cidr), from)
  }
}

function matches(policy: PolicySettings, question: PolicyQuestion): boolean {
  const { to, protocol, ports } = policy
  if (!isFrom(policy.from, question)) return false
  if (to.length > 0 && !to.some((cidr) => contains(asNetwork(cidr), question.to))) return false
  if (protocol !== 'any' && protocol !== question.protocol) return false
  const { port } = question
  if (ports.length === 0) return true
  return port !== undefined && ports.some(({ first, last }) => first <= port && port <= last)
}
