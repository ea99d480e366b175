import { mainTable, type Rule } from '../../model/host.ts'

export interface Neighbourhood {
  /** All rules of other programs, of the same family, in the kernel's order. */
  readonly others: readonly Rule[]
  /** Whether rules of ours may stand before this one of theirs. */
  readonly mayPass: (one: Rule) => boolean
}

/**
 * So many free priorities before a rule of another program, ascending, as near as possible. The
 * kernel puts a rule behind the others of its priority, so theirs is none, nor is any other
 * program's. null: there are not as many.
 */
export function placesBefore(
  rule: Rule,
  count: number,
  { others, mayPass }: Neighbourhood,
): readonly number[] | null {
  const places: number[] = []
  const before = others.slice(0, others.indexOf(rule))
  for (let priority = rule.priority; priority > 0 && places.length < count; priority -= 1) {
    const there = before.filter((one) => one.priority === priority)
    if (!there.every((one) => asksMainFirst(one) || mayPass(one))) return null
    if (there.length === 0 && priority < rule.priority) places.unshift(priority)
  }
  return places.length === count ? places : null
}

/** As we do ourselves first. */
function asksMainFirst({ action }: Rule): boolean {
  return (
    action.kind === 'lookup' && action.table === mainTable && action.suppressPrefixLength !== null
  )
}
