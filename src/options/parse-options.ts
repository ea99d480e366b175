/**
 * The options: text as the user or the Supervisor wrote it, to settings that the program can rely
 * on, or to everything that is wrong with it at once. Pure: the caller reads the file. It never
 * throws, never guesses what a wrong value might have meant, and never repeats a secret.
 */
import * as v from 'valibot'
import type { Settings } from '../model/settings/settings.ts'
import { crossChecks } from './checks/cross-checks.ts'
import { draftOf } from './checks/draft.ts'
import { warningsOf } from './checks/warnings.ts'
import { describeFound, formatPath, type PathKeys, type Problem } from './problem.ts'
import { readYaml } from './read-yaml.ts'
import { optionsSchema } from './schema/options-schema.ts'
import { suggestion } from './suggestion.ts'
import { toSettings } from './to-settings.ts'

export type ParsedOptions =
  | {
      readonly kind: 'ok'
      readonly settings: Settings
      /** Allowed, but most likely not meant; a sentence each. */
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

type Issue = v.BaseIssue<unknown>

export function parseOptions(text: string): ParsedOptions {
  const read = readYaml(text)
  if (read.kind === 'invalid') return read
  if (read.value === null || read.value === undefined) return { kind: 'invalid', problems: [empty] }
  const parsed = v.safeParse(optionsSchema, read.value)
  const refused = parsed.issues ?? []
  const problems = [
    ...oneEachPath(refused.map(toProblem)),
    ...crossChecks(draftOf(parsed.output, refused.map(keysOf))),
  ]
  if (!parsed.success || problems.length > 0) return { kind: 'invalid', problems }
  const settings = toSettings(parsed.output)
  return { kind: 'ok', settings, warnings: warningsOf(settings) }
}

const empty: Problem = {
  path: 'options',
  found: 'an empty file',
  expected: 'at least wans: with 2 to 8 WANs, or wans: [] to observe only',
}

function toProblem(issue: Issue): Problem {
  const keys = keysOf(issue)
  if (issue.type === 'never') return unknownOption(issue, keys)
  return {
    path: formatPath(keys),
    found: describeFound(issue.input, keys),
    expected: issue.message,
  }
}

/** The message of such an issue is the list of the keys that are known there. */
function unknownOption(issue: Issue, keys: PathKeys): Problem {
  const near = suggestion(String(keys.at(-1)), issue.message.split(', '))
  return {
    path: formatPath(keys),
    found: 'an unknown option',
    expected: near === null ? `one of ${issue.message}` : `${near}, perhaps`,
  }
}

function keysOf(issue: Issue): PathKeys {
  return (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))
}

/** A value that fails several tests of one option is reported once. */
function oneEachPath(problems: readonly Problem[]): Problem[] {
  return [
    ...new Map(problems.toReversed().map((problem) => [problem.path, problem])).values(),
  ].toReversed()
}
