/**
 * Gives the sets in rules names of their own, by their content. The kernel fills a set of ranges
 * only after it has switched to the rules that ask it: a packet in between would match nobody. A
 * set with a name can be there before, see `nft-scripts.ts`.
 */
import { fnvHash } from '../../model/fnv-hash.ts'
import { matchFields } from './match-fields.ts'
import type { Condition, NftRule, RangeSet } from './nft-table.ts'
import { elementsText } from './print-table.ts'

export interface NamedSets {
  readonly sets: readonly RangeSet[]
  readonly rules: readonly NftRule[]
}

export function withNamedSets(rules: readonly NftRule[]): NamedSets {
  const sets = new Map<string, RangeSet>()
  const named = (condition: Condition): Condition => {
    if (condition.kind !== 'in') return condition
    const { field, elements } = condition
    const [element = ''] = elements
    // A single range needs no set.
    if (elements.length === 1) return { kind: 'is', field, element }
    const { type } = matchFields[field]
    const name = contentName(type, elementsText(elements))
    sets.set(name, { kind: 'set', name, type, elements })
    return { kind: 'in_set', field, set: name }
  }
  const withNames = rules.map((rule) =>
    typeof rule === 'string' || rule.kind !== 'match'
      ? rule
      : { ...rule, conditions: rule.conditions.map(named) },
  )
  return { sets: [...sets.values()], rules: withNames }
}

/** The same content has the same name. */
export function contentName(prefix: string, content: string): string {
  return `${prefix}_${fnvHash(content).toString(16).padStart(8, '0')}`
}
