import { stringify } from 'yaml'
import type {
  OptionsAsWritten,
  OptionsCheck,
  OptionsProblem,
} from '../../model/published/options-page.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { differenceOf } from '../../options/edit/difference.ts'
import { hideSecrets } from '../../options/edit/secrets.ts'
import { parseOptions } from '../../options/parse-options.ts'
import { formatProblem, type Problem } from '../../options/problem.ts'

export interface Checked extends OptionsCheck {
  /** null: they are wrong. */
  readonly settings: Settings | null
}

/** What the daemon's own parser says of them. */
export function checkOptions(options: OptionsAsWritten, stored: OptionsAsWritten): Checked {
  const parsed = parseOptions(JSON.stringify(options))
  const isRight = parsed.kind === 'ok'
  return {
    settings: isRight ? parsed.settings : null,
    problems: isRight ? [] : parsed.problems.map(published),
    warnings: isRight ? parsed.warnings : [],
    difference: differenceOf(stored, options),
    yaml: stringify(hideSecrets(options)),
  }
}

export function published(problem: Problem): OptionsProblem {
  const { path, found, expected } = problem
  return { path, found, right: expected, text: formatProblem(problem) }
}
