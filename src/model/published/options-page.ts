/**
 * The options as the web page reads, checks and writes them: `api/options`. The names are public; a
 * key may be added, never renamed.
 */

export interface OptionsPage {
  readonly writable: boolean
  /** A sentence for the user; null: they can be written. */
  readonly why_not: string | null
  readonly source: 'supervisor' | 'file'
  /** The file's path, or whom the page asks. */
  readonly where: string
  /** A hash of what stands there: whoever writes says which ones these replace. */
  readonly version: string
  /** As written; `hiddenSecret` stands for each secret. */
  readonly options: OptionsAsWritten
  readonly form: readonly FormField[]
  /** Those that the last write replaced, and when that was, ISO 8601; null: none are kept. */
  readonly previous: { readonly saved: string } | null
  /** Until then somebody has to say that the page is still there, ISO 8601; null: nothing waits. */
  readonly confirm_until: string | null
  /** That the page's last change was put back, and why, until somebody has seen it. */
  readonly put_back: OptionsPutBack | null
}

/** What a user may write: it need not be right. */
export type OptionsAsWritten = Readonly<Record<string, unknown>>

export interface OptionsPutBack {
  /** ISO 8601. */
  readonly at: string
  /** To end the sentence "put back because". */
  readonly reason: string
}

/** In the snapshot, while there is something to say of a change made on the page. */
export interface OptionsChange {
  /** ISO 8601. */
  readonly confirm_until: string | null
  readonly put_back: OptionsPutBack | null
}

/** What would become of options that nobody has written yet. */
export interface OptionsCheck {
  readonly problems: readonly OptionsProblem[]
  /** Allowed, but most likely not meant; a sentence each. */
  readonly warnings: readonly string[]
  readonly difference: readonly OptionsDifference[]
  /** As a user would write them into a file. */
  readonly yaml: string
}

export interface OptionsProblem {
  /** As in `wans[1].gateway`. */
  readonly path: string
  /** What stands there. */
  readonly found: string
  /** What would be right. */
  readonly right: string
  /** All three in a sentence. */
  readonly text: string
}

export interface OptionsDifference {
  readonly path: string
  /** null: nothing stands there. */
  readonly before: unknown
  readonly after: unknown
}

/** What was said of a write that wasn't done. */
export interface OptionsRefusal {
  readonly error: string
  /** Empty unless the options themselves are wrong. */
  readonly problems: readonly OptionsProblem[]
}

/** A field of the form, made from the schema that the parser reads by. */
export type FormField = {
  /** The option's name; an entry of a list has none: ''. */
  readonly key: string
  readonly label: string
  readonly hint: string
  /** Must be given where the mapping that it stands in is. */
  readonly required: boolean
} & FieldKind

export type FieldKind =
  | {
      readonly kind: 'text'
      readonly default: string | null
      /** A line's name is meant, or `none`. */
      readonly names: 'wans' | null
    }
  /** Never sent to the page; `hiddenSecret` sent back leaves it as it is. */
  | { readonly kind: 'secret' }
  | {
      readonly kind: 'number'
      readonly default: number | null
      readonly first: number
      readonly last: number
      readonly whole: boolean
    }
  | { readonly kind: 'flag'; readonly default: boolean }
  | {
      readonly kind: 'choice'
      readonly default: string | null
      readonly choices: readonly string[]
    }
  | {
      readonly kind: 'list'
      readonly entry: FormField
      readonly limit: number
      /** What counts where the list is left out or empty. */
      readonly default: readonly unknown[]
    }
  | { readonly kind: 'mapping'; readonly fields: readonly FormField[] }

/** Stands for a secret that the page doesn't get; sent back it means "unchanged". */
export const hiddenSecret = '(unchanged)'
