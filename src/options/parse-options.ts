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
import { defaultOptions, optionsSchema } from './schema/options-schema.ts'
import { suggestion } from './suggestion.ts'
import { toSettings } from './to-settings.ts'

export type ParsedOptions =
  | {
      readonly kind: 'ok'
      readonly settings: Settings
      /** Allowed, but most likely not meant; a sentence each. */
      readonly warnings: readonly string[]
    }
  | {
      readonly kind: 'invalid'
      readonly problems: readonly Problem[]
      /** No WAN, and what is sound of how users are reached: to say what is wrong. */
      readonly observing: Settings
    }

type Issue = v.BaseIssue<unknown>

export function parseOptions(text: string): ParsedOptions {
  const read = readYaml(text)
  if (read.kind === 'invalid') return refused(read.problems, null)
  if (read.value === null || read.value === undefined) return refused([empty], null)
  const parsed = v.safeParse(optionsSchema, read.value)
  const issues = parsed.issues ?? []
  const problems = [
    ...oneEachPath(issues.map(toProblem)),
    ...crossChecks(draftOf(parsed.output, issues.map(keysOf))),
  ]
  if (!parsed.success || problems.length > 0) return refused(problems, read.value)
  const settings = toSettings(parsed.output)
  return { kind: 'ok', settings, warnings: warningsOf(settings) }
}

/** Options that nobody could read: no WAN, and every default. */
export function observingSettings(): Settings {
  return toSettings(defaultOptions)
}

function refused(problems: readonly Problem[], value: unknown): ParsedOptions {
  const sound = talking.filter((key) => problems.every(({ path }) => !isIn(path, key)))
  const written = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  const kept = Object.fromEntries(sound.map((key) => [key, written.get(key)]))
  const observing = v.safeParse(optionsSchema, { wans: [], ...kept })
  return {
    kind: 'invalid',
    problems,
    observing: observing.success ? toSettings(observing.output) : observingSettings(),
  }
}

/** How users are reached. Where one is wrong its default stands in: no broker, the page on this host. */
const talking = ['mqtt', 'notify', 'web', 'log_level']

function isIn(path: string, key: string): boolean {
  return path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)
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
