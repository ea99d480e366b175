import { readFileSync, statSync } from 'node:fs'
import { messageOf } from '../model/caught-error.ts'
import type { Settings } from '../model/settings/settings.ts'
import { parseOptions } from '../options/parse-options.ts'
import { formatProblems } from '../options/problem.ts'
import { sizeProblem } from '../options/read-yaml.ts'

export type ReadOptions =
  | { readonly kind: 'ok'; readonly settings: Settings; readonly warnings: readonly string[] }
  /** One line a problem, each with its path. */
  | { readonly kind: 'invalid'; readonly lines: readonly string[] }

/** Reads and validates the options; changes nothing. */
export function readOptions(path: string): ReadOptions {
  try {
    const tooLong = sizeProblem(statSync(path).size)
    if (tooLong !== null) return { kind: 'invalid', lines: formatProblems([tooLong]) }
    const parsed = parseOptions(readFileSync(path, 'utf8'))
    if (parsed.kind === 'ok') return parsed
    return { kind: 'invalid', lines: formatProblems(parsed.problems) }
  } catch (error) {
    const message = messageOf(error)
    return { kind: 'invalid', lines: [`the options can't be read: ${message}`] }
  }
}
