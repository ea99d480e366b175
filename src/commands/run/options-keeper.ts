/**
 * Keeps the options that are in force while the daemon runs: reads the file when it changes, and says
 * whether the daemon has to begin anew. A slip in the file never takes a running failover away.
 */
import { unwatchFile, watchFile } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { OptionsNotice } from '../../model/published/snapshot.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { foreignRoutes } from '../../network/obstacles.ts'
import { formatProblem, type Problem } from '../../options/problem.ts'
import { describeForeignRoutes } from '../../report/hand-over.ts'
import { readOptions } from '../read-options.ts'
import { type ChosenOptions, chooseOptions } from './choose-options.ts'
import { RightOptionsFile } from './right-options.ts'

export interface OptionsKeeperParts {
  readonly path: string
  /** null: nothing outlives the process. */
  readonly folder: string | null
  readonly log: Log
  /** Those that stand there may go back by themselves, so they are not yet the last right ones. */
  readonly areOnTrial?: () => boolean
}

/** What follows from a look at the file. */
export type Reconsidered =
  | { readonly kind: 'same' }
  | { readonly kind: 'notice'; readonly notice: OptionsNotice | null }
  /** `leave`: what is to become of ours in the kernel until the next ones are in force. */
  | { readonly kind: 'anew'; readonly leave: 'standing' | 'clean' }

export class OptionsKeeper {
  readonly #parts: OptionsKeeperParts
  readonly #right: RightOptionsFile
  #inForce: ChosenOptions | null = null

  constructor(parts: OptionsKeeperParts) {
    this.#parts = parts
    this.#right = new RightOptionsFile(parts.folder, parts.log)
  }

  /** Nothing is wrong with what was given. */
  get isContent(): boolean {
    return this.#inForce?.notice === null
  }

  /** Reads the file and takes what is right of it. */
  take(host: HostState): ChosenOptions {
    const chosen = this.#choose(host, null)
    this.#tell(chosen.notice)
    for (const warning of chosen.warnings) this.#parts.log.warn(warning)
    this.#inForce = chosen
    return chosen
  }

  /** Reads the file again while what was taken is in force. */
  reconsider(host: HostState): Reconsidered {
    const before = this.#inForce
    if (before === null) return { kind: 'same' }
    const next = this.#choose(host, before.obstacles.length === 0 ? before.settings : null)
    const isSame =
      isDeepStrictEqual(next.settings, before.settings) &&
      isDeepStrictEqual(next.obstacles, before.obstacles)
    if (!isSame) {
      const mayGoOn = next.obstacles.length === 0 && next.settings.wans.length > 1
      return { kind: 'anew', leave: mayGoOn ? 'standing' : 'clean' }
    }
    if (isDeepStrictEqual(next.notice, before.notice)) return { kind: 'same' }
    this.#tell(next.notice)
    this.#inForce = next
    return { kind: 'notice', notice: next.notice }
  }

  /** Calls when the file may have changed, until it is told to end. */
  watch(onChange: () => void): () => void {
    const { path } = this.#parts
    watchFile(path, { interval: lookEveryMs, persistent: false }, onChange)
    return () => unwatchFile(path, onChange)
  }

  /** `running`: what is set up now, which no host refuses any more. */
  #choose(host: HostState, running: Settings | null): ChosenOptions {
    const given = readOptions(this.#parts.path)
    const chosen = chooseOptions({
      given,
      lastRight: this.#right.newest,
      refusals: (settings) =>
        isDeepStrictEqual(settings, running) ? [] : refusals(settings, host).map(formatProblem),
    })
    const { areOnTrial = () => false } = this.#parts
    if (given.kind === 'ok' && chosen.notice === null && !areOnTrial()) {
      this.#right.keep(given.text, { settings: given.settings, since: new Date().toISOString() })
    }
    return chosen
  }

  #tell(notice: OptionsNotice | null): void {
    const { log, path } = this.#parts
    if (notice === null) {
      if (this.#inForce?.notice) log.info('the options are right again')
      return
    }
    for (const problem of notice.problems) log.error(`wrong option: ${problem}`)
    if (notice.in_force === 'none') return
    log.warn(`the options of ${notice.since} stay in force until those in ${path} are right`)
  }
}

/** Why this host refuses sound options: tables of ours that hold routes of others. */
export function refusals({ wans }: Settings, host: HostState): readonly Problem[] {
  return wans.flatMap(({ index, table }) => {
    const foreign = foreignRoutes([table], host)
    if (foreign.length === 0) return []
    const expected = `a table for this WAN alone: ${describeForeignRoutes(foreign)}`
    return [{ path: `wans[${index}].table`, found: `${table}`, expected }]
  })
}

/** Who saves a file waits for what follows; a look costs one stat(2). */
const lookEveryMs = 1_000
