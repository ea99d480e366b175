/**
 * Our one nft table as a value, which the scripts compare. What code takes apart again is data here;
 * a rule that no code looks into is words of nft. It must never depend on how it is printed, see
 * `print-table.ts`.
 */
import type { ElementType, Field } from './match-fields.ts'

/** Each list in the order in which it is printed. */
export interface NftTable {
  readonly objects: readonly NftObject[]
  readonly sets: readonly NftSet[]
  readonly chains: readonly NftChain[]
}

/** They outlive every change of the chains. */
export type NftObject =
  | { readonly kind: 'counter'; readonly name: string }
  | { readonly kind: 'quota'; readonly name: string; readonly overBytes: number }

/** By a quota's name, the bytes that count as used where it is made again. */
export type QuotasUsed = ReadonlyMap<string, number>

export type NftSet = PacketSet | RangeSet | LiveSet | VerdictMap

/** Packets put something into it: it stays while the rules change. */
export interface PacketSet {
  readonly kind: 'set'
  readonly name: string
  /** As nft writes it, `ipv4_addr . inet_service`. */
  readonly type: string
  /** How long something stays in it, as nft writes it. */
  readonly timeout: string
  readonly size: number
  readonly elements: null
}

/** Its elements are ranges; named by its content, so it never changes. */
export interface RangeSet {
  readonly kind: 'set'
  readonly name: string
  readonly type: ElementType
  readonly elements: readonly string[]
}

/** Its elements are ranges that may change under any rules: what is in it means the same to all. */
export interface LiveSet extends RangeSet {
  readonly live: true
}

export function isLive(set: NftSet): set is LiveSet {
  return 'live' in set
}

/** Where a packet goes, by what it has; named by its content, so it never changes. */
export interface VerdictMap {
  readonly kind: 'map'
  readonly name: string
  readonly keyType: 'ipv4_addr' | 'ipv6_addr' | 'ether_addr'
  readonly elements: readonly VerdictElement[]
}

export interface VerdictElement {
  readonly key: string
  readonly target: Target
}

/** The chain that a packet goes to; null: back to the one that it came from. */
export type Target = string | null

export interface NftChain {
  readonly name: string
  /** Where the kernel calls it, `filter hook output priority filter`; null: others go to it. */
  readonly hook: string | null
  readonly rules: readonly NftRule[]
}

/** A string is words of nft that no code takes apart. */
export type NftRule = string | MatchRule | MapRule

/** Sends on what meets all the conditions. */
export interface MatchRule {
  readonly kind: 'match'
  readonly conditions: readonly Condition[]
  readonly target: Target
}

/** Sends on whom the map knows. */
export interface MapRule {
  readonly kind: 'map'
  readonly field: Field
  readonly map: string
}

export type Condition =
  | { readonly kind: 'is'; readonly field: Field; readonly element: string }
  | { readonly kind: 'in'; readonly field: Field; readonly elements: readonly string[] }
  | { readonly kind: 'in_set'; readonly field: Field; readonly set: string }
  | { readonly kind: 'words'; readonly words: string }
