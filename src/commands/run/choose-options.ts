/**
 * Which options are in force: those that were given, or while they are wrong the last right ones, or
 * none, and what users are told of it. Pure: it reads no file and no host, and never throws.
 */
import type { OptionsNotice } from '../../model/published/snapshot.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { ReadOptions } from '../read-options.ts'

/** Options that were right when they were taken. */
export interface RightOptions {
  readonly settings: Settings
  /** When they were taken, ISO 8601. */
  readonly since: string
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
  /** Why this host refuses sound options, a line each with its path. */
  readonly refusals: (settings: Settings) => readonly string[]
}

export function chooseOptions({ given, lastRight, refusals }: Choice): ChosenOptions {
  const problems = given.kind === 'ok' ? refusals(given.settings) : given.lines
  if (given.kind === 'ok' && problems.length === 0) {
    return { settings: given.settings, obstacles: [], notice: null, warnings: given.warnings }
  }
  if (lastRight !== null && refusals(lastRight.settings).length === 0) {
    const { settings, since } = lastRight
    const notice = { in_force: 'earlier', since, problems } as const
    return { settings, obstacles: [], notice, warnings: [] }
  }
  return {
    settings: given.kind === 'ok' ? given.settings : given.observing,
    obstacles: ['the options are wrong'],
    notice: { in_force: 'none', since: null, problems },
    warnings: [],
  }
}
