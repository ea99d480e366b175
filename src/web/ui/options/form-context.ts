/**
 * The form of all options. This folder draws it from the fields that the daemon describes, and knows
 * no option by name, but for the names of lines. It must never keep a secret, nor write what wasn't
 * checked.
 */
import type { OptionsAsWritten, OptionsProblem } from '../../../model/published/options-page.ts'
import type { OptionsTexts } from '../texts/options/options-texts.ts'
import type { Path } from './edited-options.ts'

/** What every field needs beside its own value. */
export interface FormContext {
  readonly texts: OptionsTexts
  /** What the daemon says in the user's language; null: it stays English. */
  readonly inOwnWords: (phrase: string) => string | null
  readonly edited: OptionsAsWritten
  readonly problems: readonly OptionsProblem[]
  /** The names that a policy may use. */
  readonly wans: readonly string[]
  /** undefined takes the value away. */
  readonly change: (path: Path, value: unknown) => void
  /** An entry of the list at `path`. */
  readonly move: (path: Path, move: Move) => void
}

export interface Move {
  readonly from: number
  readonly by: -1 | 1
  readonly name: string
}

/** What is wrong at a place or inside it. */
export function problemsIn(path: string, { problems }: FormContext): readonly OptionsProblem[] {
  return problems.filter(
    (one) =>
      one.path === path || one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`),
  )
}
