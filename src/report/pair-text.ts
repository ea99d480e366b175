/** What `check` says of a pair: whether the other box is there, and whose the shared address is. */
import type { Neighbour } from '../model/host.ts'
import type { PairSettings } from '../model/settings/settings.ts'

export interface PairFindings {
  /** What keeps this box from taking part, a sentence each. */
  readonly errors: readonly string[]
  /** What is most likely not meant. */
  readonly hints: readonly string[]
  /** How it stands, for information. */
  readonly facts: readonly string[]
}

export interface PairEvidence {
  /** The shared address is on this host. */
  readonly isHere: boolean
  /** Who has answered for which address; null: nobody could be asked. */
  readonly heard: readonly Neighbour[] | null
  /** Who else speaks VRRP; null: nobody could be heard. */
  readonly routers: readonly RouterInGroup[] | null
  /** What a box of this one's role says of itself while it is well. */
  readonly ownPriority: number
}

export interface RouterInGroup {
  readonly from: string
  readonly group: number
  readonly priority: number
  readonly addresses: readonly string[]
  readonly advertMs: number | null
}

export function describePair(pair: PairSettings, evidence: PairEvidence): PairFindings {
  const [near, others] = [describeHolder(pair, evidence), describeRouters(pair, evidence)]
  return {
    errors: [...near.errors, ...others.errors],
    hints: [...near.hints, ...others.hints],
    facts: [...near.facts, ...others.facts],
  }
}

/** Who has the shared address, beside whom. */
export function describeHolder(
  { address, peer }: Pick<PairSettings, 'address' | 'peer'>,
  { isHere, heard }: Pick<PairEvidence, 'isHere' | 'heard'>,
): PairFindings {
  if (heard === null) return { errors: [], hints: [], facts: [`${address}: nobody could be asked`] }
  const macOf = (wanted: string) => heard.find((one) => one.address === wanted)?.mac ?? null
  const other = peer === null ? null : macOf(peer)
  const holder = macOf(address)
  const silent =
    peer !== null && other === null
      ? [
          `the other box of the pair, ${peer}, doesn't answer: is it on, and is pair.peer its address?`,
        ]
      : []
  if (isHere) {
    const twice = holder === null ? [] : [`${address} is on this box, and ${holder} has it too`]
    return { errors: twice, hints: silent, facts: [`${address} is on this box: it serves`] }
  }
  if (holder === null) return { errors: [], hints: silent, facts: [`nobody has ${address} now`] }
  if (other !== null && holder !== other) {
    const used = `pair.address: ${address} is in use by ${holder}, which isn't the other box: `
    return { errors: [`${used}choose a free address`], hints: silent, facts: [] }
  }
  const whose = other === null ? `${holder} has ${address}: is that the other box?` : null
  return {
    errors: [],
    hints: [...silent, ...(whose === null ? [] : [whose])],
    facts: whose === null ? [`${address} is on the other box: it serves`] : [],
  }
}

/** Who says to serve this address is the other box; whoever else has the number is a stranger. */
function describeRouters(
  { address, peer, group, role, advertMs }: PairSettings,
  { routers, ownPriority }: PairEvidence,
): PairFindings {
  const hints: string[] = []
  const [errors, facts]: [string[], string[]] = [[], []]
  for (const one of (routers ?? []).filter((router) => router.group === group)) {
    if (!one.addresses.includes(address)) {
      const used = `${one.from} uses the number ${group} too, for ${one.addresses.join(', ')}`
      // By unicast nobody hears us but the other box, and we believe nobody else.
      if (peer !== null) facts.push(`${used}: with pair.peer that is no trouble`)
      else errors.push(`pair.group: ${used}: choose another number, the same on both boxes`)
      continue
    }
    if (one.advertMs !== null && one.advertMs !== advertMs) {
      const [its, ours] = [one.advertMs / 1_000, advertMs / 1_000]
      hints.push(
        `pair.speed: ${one.from} speaks each ${its} s, this box each ${ours} s: give both the same`,
      )
    }
    if (one.priority === ownPriority) {
      hints.push(`pair.role: ${one.from} is ${role} too: one box should be first, the other second`)
    }
  }
  return { errors, hints, facts }
}
