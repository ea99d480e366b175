/** What changes in the options, in the words of who shows it. */
import type { OptionsDifference } from '../../../model/published/options-page.ts'

export interface ChangeView {
  readonly path: string
  readonly before: string
  readonly after: string
}

/** `added` and `removed` are said where nothing stood before, or stands after. */
export function changeViews(
  difference: readonly OptionsDifference[],
  { added, removed }: { readonly added: string; readonly removed: string },
): readonly ChangeView[] {
  return difference.map(({ path, before, after }) => ({
    path,
    before: before === undefined || before === null ? added : written(before),
    after: after === undefined || after === null ? removed : written(after),
  }))
}

/** As one would write it by hand, on one line. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([key, one]) => `${key}: ${written(one)}`)
  return `{ ${fields.join(', ')} }`
}
