/** Two boxes behind one address: what is ordered of this one, and what becomes of it. */

/** What doesn't change while this box takes part; another one is another beginning. */
export interface PairPlace {
  /** Shared with the other box, as CIDRs: IPv4 first. */
  readonly addresses: readonly string[]
  readonly link: string
  /** Our own address on that link. */
  readonly own: string
  /** The other box; null: whoever is in the group, by multicast. */
  readonly peer: string | null
  readonly group: number
  readonly advertMs: number
}

export interface PairOrder {
  readonly place: PairPlace
  /** 1 to 254: the box with the higher one serves. */
  readonly priority: number
}

/** `cut`: the link has no carrier. */
export type PairRole = 'serving' | 'standby' | 'cut'

export type PairNews =
  /** null: nobody takes part, for it hasn't begun yet or has ended. */
  | { readonly kind: 'role'; readonly role: PairRole | null }
  /** Why this box can't take part, in plain words; null: it can. */
  | { readonly kind: 'problem'; readonly problem: string | null }
