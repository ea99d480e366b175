/** What the new options mean, in words, and what changes field by field. */
import type { OptionsDifference } from '../../../model/published/options-page.ts'
import type { GuideTexts } from '../texts/guide/guide-texts.ts'
import { type Answers, usedLines } from './answers.ts'

/** A sentence each. */
export function meaningOf(answers: Answers, { apply: { said: t } }: GuideTexts): readonly string[] {
  const used = usedLines(answers)
  const [main, ...backups] = used
  const notify = answers.notify.join(', ')
  return [
    ...(main === undefined ? [] : [t.mainLine(main.name)]),
    ...backups.map(({ name }, index) => t.backupLine(name, used[index]?.name ?? '')),
    ...used.flatMap(({ name, metered }) => (metered ? [t.meteredLine(name)] : [])),
    answers.who === 'house' ? t.house : t.machine,
    answers.dnsHelp ? t.dnsOn : t.dnsOff,
    ...(notify === '' ? [] : [t.notify(notify)]),
  ]
}

export interface ChangeView {
  readonly path: string
  readonly before: string
  readonly after: string
}

export function changeViews(
  difference: readonly OptionsDifference[],
  { apply: t }: GuideTexts,
): readonly ChangeView[] {
  return difference.map(({ path, before, after }) => ({
    path,
    before: written(before) ?? t.added,
    after: written(after) ?? t.removed,
  }))
}

/** As one would write it by hand, on one line; null: nothing stands there. */
export function written(value: unknown): string | null {
  return value === undefined || value === null ? null : inline(value)
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([key, one]) => `${key}: ${inline(one)}`)
  return `{ ${fields.join(', ')} }`
}
