/**
 * Which options are in force: those that were given, or while they are wrong the last right ones, or
 * none, and what users are told of it. Pure: it reads no file and no host, and never throws.
 */
import { isDeepStrictEqual } from 'node:util'
import type { OptionsNotice } from '../../model/published/snapshot.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { ReadOptions } from '../read-options.ts'

/** Options that were right when they were taken. */
export interface RightOptions {
  readonly settings: Settings
  /** When they were taken, ISO 8601. */
  readonly since: string
}

/** Options that were right, and cost this host what it needs. */
export interface TakenBack {
  readonly settings: Settings
  /** ISO 8601. */
  readonly at: string
  /** To end the sentence "taken back because". */
  readonly reason: string
}

export interface ChosenOptions {
  readonly settings: Settings
  /** Why nothing may be set up, whatever the user chooses. */
  readonly obstacles: readonly string[]
  /** What is wrong with those that were given; null: they are in force. */
  readonly notice: OptionsNotice | null
  /** Of those that were given: allowed, but most likely not meant. */
  readonly warnings: readonly string[]
}

export interface Choice {
  readonly given: ReadOptions
  /** null: none are known. */
  readonly lastRight: RightOptions | null
  /** Not to be tried again; left out: all may be. */
  readonly takenBack?: TakenBack | null
  /** Why this host refuses sound options, a line each with its path. */
  readonly refusals: (settings: Settings) => readonly string[]
}

export function chooseOptions(choice: Choice): ChosenOptions {
  const { given, lastRight, refusals } = choice
  const takenBack = takenBackOf(choice)
  const problems = takenBack?.problems ?? problemsOf(choice)
  if (given.kind === 'ok' && problems.length === 0) {
    return { settings: given.settings, obstacles: [], notice: null, warnings: given.warnings }
  }
  const why = takenBack === null ? {} : { taken_back: takenBack.notice }
  if (lastRight !== null && refusals(lastRight.settings).length === 0) {
    const { settings, since } = lastRight
    const notice = { in_force: 'earlier', since, problems, ...why } as const
    return { settings, obstacles: [], notice, warnings: [] }
  }
  return {
    settings: given.kind === 'ok' ? given.settings : given.observing,
    obstacles: [takenBack === null ? 'the options are wrong' : 'the options were taken back'],
    notice: { in_force: 'none', since: null, problems, ...why },
    warnings: [],
  }
}

function problemsOf({ given, refusals }: Choice): readonly string[] {
  return given.kind === 'ok' ? refusals(given.settings) : given.lines
}

/** null: what was given is something else. */
function takenBackOf({ given, takenBack = null }: Choice) {
  if (given.kind !== 'ok' || takenBack === null) return null
  const { settings, at, reason } = takenBack
  if (!isDeepStrictEqual(given.settings, settings)) return null
  const problem = `the options that stand there are not in force until they change: ${reason}`
  return { problems: [problem], notice: { at, reason } }
}
