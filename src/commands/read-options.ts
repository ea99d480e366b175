import { readFileSync, statSync } from 'node:fs'
import { messageOf } from '../model/caught-error.ts'
import type { Settings } from '../model/settings/settings.ts'
import { observingSettings, parseOptions } from '../options/parse-options.ts'
import { formatProblems } from '../options/problem.ts'
import { sizeProblem } from '../options/read-yaml.ts'

export type ReadOptions =
  | {
      readonly kind: 'ok'
      readonly text: string
      readonly settings: Settings
      readonly warnings: readonly string[]
    }
  | {
      readonly kind: 'invalid'
      /** One line a problem, each with its path. */
      readonly lines: readonly string[]
      /** No WAN, and what is sound of how users are reached. */
      readonly observing: Settings
    }

/** Reads and validates the options; changes nothing. */
export function readOptions(path: string): ReadOptions {
  try {
    const tooLong = sizeProblem(statSync(path).size)
    if (tooLong !== null) return unreadable(formatProblems([tooLong]))
    return readOptionsText(readFileSync(path, 'utf8'))
  } catch (error) {
    return unreadable([`the options can't be read: ${messageOf(error)}`])
  }
}

export function readOptionsText(text: string): ReadOptions {
  const parsed = parseOptions(text)
  if (parsed.kind === 'ok') return { ...parsed, text }
  return {
    kind: 'invalid',
    lines: formatProblems(parsed.problems),
    observing: parsed.observing,
  }
}

function unreadable(lines: readonly string[]): ReadOptions {
  return { kind: 'invalid', lines, observing: observingSettings() }
}
