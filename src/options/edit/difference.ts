/** What one set of options has that another hasn't: for users, before they save. */
import type { OptionsAsWritten, OptionsDifference } from '../../model/published/options-page.ts'
import { formatPath, type PathKeys } from '../problem.ts'
import { isMapping, isSame, type Mapping, namesOf } from './plain-values.ts'
import { hideChangedSecrets, hideSecrets } from './secrets.ts'

/** Without secrets: it shows only that one differs. A moved entry is shown by the list's names. */
export function differenceOf(
  before: OptionsAsWritten,
  after: OptionsAsWritten,
): readonly OptionsDifference[] {
  const marks = { same: '•••', other: '••• (new)' }
  const shown = hideChangedSecrets(after, before, marks)
  return between(hideSecrets(before, marks.same), shown, [])
}

function between(before: unknown, after: unknown, path: PathKeys): readonly OptionsDifference[] {
  if (isSame(before, after)) return []
  if (isMapping(before) && isMapping(after)) return betweenMappings(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) {
    const found = betweenNamed(before, after, path)
    if (found !== null) return found
  }
  return [{ path: formatPath(path), before: before ?? null, after: after ?? null }]
}

function betweenMappings(before: Mapping, after: Mapping, path: PathKeys) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => between(before[key], after[key], [...path, key]))
}

/** null: an entry is known by its place alone. */
function betweenNamed(before: readonly unknown[], after: readonly unknown[], path: PathKeys) {
  const [old, now] = [namesOf(before), namesOf(after)]
  if (old === null || now === null || old.length + now.length === 0) return null
  const moved = isSame(kept(old, now), kept(now, old))
    ? []
    : [{ path: formatPath(path), before: old, after: now }]
  const gone = old.flatMap((name, i) =>
    now.includes(name) ? [] : between(before[i], undefined, [...path, i]),
  )
  const changed = now.flatMap((name, i) =>
    between(before[old.indexOf(name)], after[i], [...path, i]),
  )
  return [...moved, ...gone, ...changed]
}

function kept(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => others.includes(name))
}
