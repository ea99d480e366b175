/**
 * Chains without a rule, whose names say which WAN a policy goes back to: around a sidestep the
 * rules alone don't tell what was decided, and the next start has to know.
 */
import { type Family, families } from '../../../model/address.ts'
import { type Classes, trafficClasses } from '../../policies/traffic-classes.ts'
import type { Wanted } from '../../wanted.ts'
import type { NftPart } from '../nft-part.ts'
import { chain } from '../nft-words.ts'

export function asideChains({ settings, decision, flows }: Wanted): NftPart {
  const aside = flows?.aside
  if (aside === undefined) return {}
  const classes = trafficClasses(settings, decision)
  const names = families.flatMap((family) =>
    [...aside[family]].map(([policy, wan]) => asideName(policy, { family, wan, classes })),
  )
  return { chains: [...new Set(names)].map((name) => chain(name, null, [])) }
}

interface Aside {
  readonly family: Family
  /** The WAN that was decided on. */
  readonly wan: string
  readonly classes: Classes
}

/** Policies of one class go the same way, and stand for each other. */
export function asideName(policy: string, { family, wan, classes }: Aside): string {
  const { name } = classes.of.get(policy) ?? classes.rest
  return `aside_${family}_${name}_${wan}`
}
