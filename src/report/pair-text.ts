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
}

export function describePair(
  { address, peer }: PairSettings,
  { isHere, heard }: PairEvidence,
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
