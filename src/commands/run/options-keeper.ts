/**
 * Keeps the options that are in force while the daemon runs: reads the file when it changes, and says
 * whether the daemon has to begin anew. A slip in the file never takes a running failover away.
 */
import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../../model/caught-error.ts'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { OptionsNotice } from '../../model/published/snapshot.ts'
import type { Settings, WanSettings } from '../../model/settings/settings.ts'
import { foreignRoutes } from '../../network/obstacles.ts'
import { isOurRule } from '../../network/rules/rule-operations.ts'
import { formatProblem, type Problem } from '../../options/problem.ts'
import { describeForeignRoutes } from '../../report/hand-over.ts'
import { type ReadOptions, readOptions } from '../read-options.ts'
import { type ChosenOptions, chooseOptions } from './choose-options.ts'
import { RightOptionsFile } from './right-options.ts'

export interface OptionsKeeperParts {
  readonly path: string
  /** null: nothing outlives the process. */
  readonly folder: string | null
  readonly log: Log
  /** Those that stand there may go back by themselves, so they are not yet the last right ones. */
  readonly areUnconfirmed?: () => boolean
  /** Somebody knows what this host reached before those on trial, though they are in force. */
  readonly isTrialRunning?: () => boolean
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
  /** Taken back for something that they had no part in. */
  #forgiven: Settings | null = null
  #inForce: ChosenOptions | null = null
  /** Which file was read last. */
  #read: string | null = null
  #areOnTrial = false
  #trialGoesOn = false
  /** What an earlier run or daemon went by. */
  #before: Settings | null = null

  constructor(parts: OptionsKeeperParts) {
    this.#parts = parts
    this.#right = new RightOptionsFile(parts.folder, parts.log)
  }

  /** Nothing is wrong with what was given. */
  get isContent(): boolean {
    return this.#inForce?.notice === null
  }

  /** Nobody knows yet what those in force cost this host. */
  get areOnTrial(): boolean {
    return this.#areOnTrial
  }

  /** An earlier process or daemon has begun with it. */
  get trialGoesOn(): boolean {
    return this.#trialGoesOn
  }

  /** Some WAN of these is in none of the last options that were right. */
  hasNewWan({ wans }: Settings): boolean {
    const known = this.#before?.wans ?? []
    return wans.some((wan) => !known.some((one) => isSameLine(one, wan)))
  }

  /** Reads the file and takes what is right of it. */
  take(host: HostState): ChosenOptions {
    const { given, chosen } = this.#choose(host, null)
    this.#before = this.#right.newest?.settings ?? null
    const areInForce = given.kind === 'ok' && chosen.notice === null
    this.#areOnTrial = areInForce && this.#areToBeTried(given.settings, host)
    if (areInForce) this.#keep(given)
    this.#tell(chosen.notice)
    for (const warning of chosen.warnings) this.#parts.log.warn(warning)
    this.#inForce = chosen
    return chosen
  }

  /** Reads the file again while what was taken is in force. */
  reconsider(host: HostState): Reconsidered {
    const before = this.#inForce
    if (before === null) return { kind: 'same' }
    const running = before.obstacles.length === 0 ? before.settings : null
    const { given, chosen: next } = this.#choose(host, running)
    const isSame =
      isDeepStrictEqual(next.settings, before.settings) &&
      isDeepStrictEqual(next.obstacles, before.obstacles)
    if (!isSame) {
      const mayGoOn = next.obstacles.length === 0 && next.settings.wans.length > 1
      return { kind: 'anew', leave: mayGoOn ? 'standing' : 'clean' }
    }
    if (given.kind === 'ok' && next.notice === null) this.#keep(given)
    if (isDeepStrictEqual(next.notice, before.notice)) return { kind: 'same' }
    this.#tell(next.notice)
    this.#inForce = next
    return { kind: 'notice', notice: next.notice }
  }

  /** Those on trial cost nothing. */
  pass(): void {
    this.#areOnTrial = false
    if (!this.#areUnconfirmed) this.#right.pass()
  }

  /** Those on trial cost this host something: those before them are in force at the next look. */
  takeBack(reason: string): void {
    this.#areOnTrial = false
    this.#right.takeBack({ at: new Date().toISOString(), reason })
  }

  /** Why the options that stand there were taken back; null: they were not. */
  get reasonToTakeBack(): string | null {
    return this.#right.takenBack?.reason ?? null
  }

  /** What was taken back had no part in it, and is in force at the next look. */
  forgive(): void {
    this.#forgiven = this.#right.takenBack?.settings ?? null
    this.#right.forgive()
  }

  /** Calls while the file may be another than the one that was read last, until it is told to end. */
  watch(onChange: () => void): () => void {
    const look = () => {
      if (fileStamp(this.#parts.path) !== this.#read) onChange()
    }
    const timer = setInterval(look, lookEveryMs).unref()
    return () => clearInterval(timer)
  }

  /** `running`: what is set up now, which no host refuses any more. */
  #choose(host: HostState, running: Settings | null) {
    // Before it is read: what comes in between is seen at the next look.
    this.#read = fileStamp(this.#parts.path)
    const given = readOptions(this.#parts.path)
    const chosen = chooseOptions({
      given,
      lastRight: this.#right.areUnconfirmed ? this.#right.settled : this.#right.newest,
      takenBack: this.#right.takenBack,
      refusals: (settings) =>
        isDeepStrictEqual(settings, running) ? [] : refusals(settings, host).map(formatProblem),
    })
    return { given, chosen }
  }

  /** Only others than the last ones: where those stand already, somebody must know how it was before. */
  #areToBeTried(settings: Settings, { rules }: HostState): boolean {
    const { newest, areOnTrial } = this.#right
    this.#trialGoesOn = false
    if (settings.wans.length < 2 || isDeepStrictEqual(settings, this.#forgiven)) return false
    const isAdopting = rules.some(isOurRule)
    if (newest === null) return !isAdopting
    if (!isDeepStrictEqual(settings, newest.settings)) return true
    this.#trialGoesOn = areOnTrial && isAdopting && (this.#parts.isTrialRunning?.() ?? false)
    return areOnTrial && (!isAdopting || this.#trialGoesOn)
  }

  #keep({ text, settings }: Given): void {
    const unconfirmed = this.#areUnconfirmed
    const trial = this.#areOnTrial || unconfirmed
    this.#right.keep(text, { settings, since: new Date().toISOString() }, { trial, unconfirmed })
  }

  get #areUnconfirmed(): boolean {
    return this.#parts.areUnconfirmed?.() ?? false
  }

  #tell(notice: OptionsNotice | null): void {
    const { log, path } = this.#parts
    if (notice === null) {
      if (this.#inForce?.notice) log.info('the options are right again')
      return
    }
    if (notice.taken_back !== undefined) {
      for (const problem of notice.problems) log.error(problem)
    } else {
      for (const problem of notice.problems) log.error(`wrong option: ${problem}`)
    }
    if (notice.in_force === 'none') return
    const until = notice.taken_back === undefined ? 'are right' : 'change'
    log.warn(`the options of ${notice.since} stay in force until those in ${path} ${until}`)
  }
}

/** Another one after each change; why there is none where the file can't be looked at. */
function fileStamp(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    return messageOf(error)
  }
}

type Given = ReadOptions & { readonly kind: 'ok' }

function isSameLine(one: WanSettings, other: WanSettings): boolean {
  const lineOf = (wan: WanSettings) => [wan.name, wan.ways, wan.interface]
  return isDeepStrictEqual(lineOf(one), lineOf(other))
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
