/** What the functions beside ask of values of which nothing is known yet. */

export type Mapping = Readonly<Record<string, unknown>>

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Of values as JSON has them; keys have no order, and one that is undefined isn't there. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]))
  }
  if (!isMapping(a) || !isMapping(b)) return Object.is(a, b)
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]))
}

/**
 * The names of a list's entries, as WANs and policies have them; null: not every entry is a mapping
 * with a name of its own, so that an entry is known by its place alone.
 */
export function namesOf(list: readonly unknown[]): readonly string[] | null {
  const names = list.flatMap((entry) => {
    const name = isMapping(entry) ? entry['name'] : undefined
    return typeof name === 'string' ? [name] : []
  })
  return names.length === list.length && new Set(names).size === names.length ? names : null
}
