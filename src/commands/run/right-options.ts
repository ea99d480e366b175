import { join } from 'node:path'
import * as v from 'valibot'
import { JsonFile } from '../../daemon/memory/json-file.ts'
import type { Log } from '../../model/log.ts'
import { readOptionsText } from '../read-options.ts'
import type { RightOptions, TakenBack } from './choose-options.ts'

const one = v.object({ text: v.string(), since: v.string() })
const kept = v.nullable(
  v.object({
    ...one.entries,
    /** What they replaced, while they are on trial; left out: they stay. */
    before: v.optional(v.nullable(one)),
    takenBack: v.optional(v.object({ text: v.string(), at: v.string(), reason: v.string() })),
  }),
)

type Kept = v.InferOutput<typeof kept>

/** With the text that they are kept as. */
interface Known extends RightOptions {
  readonly text: string
}

interface State {
  readonly newest: Known | null
  /** What comes back where the newest cost this host something; undefined: they are on no trial. */
  readonly before: Known | null | undefined
  readonly takenBack: (TakenBack & { readonly text: string }) | null
}

/**
 * The last right options, as their text: a later version reads it by its own rules. The file has the
 * broker's password, so only its owner can read it.
 */
export class RightOptionsFile {
  readonly #file: JsonFile<Kept> | null
  /** What is known without a folder too, and while the disk is full. */
  #state: State = { newest: null, before: undefined, takenBack: null }

  /** null: they don't outlive the process. */
  constructor(folder: string | null, log: Log) {
    const loss = 'after a restart wrong options would not be replaced by the last right ones'
    const place = folder === null ? null : join(folder, 'right-options.json')
    this.#file =
      place === null ? null : new JsonFile<Kept>(place, { schema: kept, empty: null, loss, log })
    const loaded = this.#file?.load() ?? null
    if (loaded !== null) this.#state = stateOf(loaded)
  }

  /** null: none are known, or none that this version would take. */
  get newest(): RightOptions | null {
    return this.#state.newest
  }

  /** The last ones that are on no trial. */
  get settled(): RightOptions | null {
    const { newest, before } = this.#state
    return before === undefined ? newest : before
  }

  get takenBack(): TakenBack | null {
    return this.#state.takenBack
  }

  /** Nobody knows yet what they cost. */
  get areOnTrial(): boolean {
    return this.#state.before !== undefined
  }

  /** They are in force from now on; on trial they give way to those that were on none. */
  keep(text: string, right: RightOptions, { trial }: { readonly trial: boolean }): void {
    const { newest, before, takenBack } = this.#state
    if (text === newest?.text && trial === this.areOnTrial && takenBack === null) return
    const earlier = before === undefined ? newest : before
    this.#put({ newest: { text, ...right }, before: trial ? earlier : undefined, takenBack: null })
  }

  /** Those on trial stay. */
  pass(): void {
    this.#put({ ...this.#state, before: undefined })
  }

  /** Those on trial go, and those before them are the newest again. */
  takeBack({ at, reason }: Pick<TakenBack, 'at' | 'reason'>): void {
    const { newest, before } = this.#state
    if (newest === null || before === undefined) return
    const { text, settings } = newest
    this.#put({ newest: before, before: undefined, takenBack: { text, settings, at, reason } })
  }

  /** What was taken back may be tried again. */
  forgive(): void {
    this.#put({ ...this.#state, takenBack: null })
  }

  #put(state: State): void {
    this.#state = state
    this.#file?.save(keptOf(state))
  }
}

function keptOf({ newest, before, takenBack }: State): Kept {
  const { text, since } = newest ?? { text: '', since: '' }
  return {
    ...{ text, since },
    ...(before === undefined ? {} : { before: before === null ? null : asKept(before) }),
    ...(takenBack === null ? {} : { takenBack: withoutSettings(takenBack) }),
  }
}

function stateOf(loaded: NonNullable<Kept>): State {
  const { before, takenBack } = loaded
  const taken = takenBack === undefined ? null : readOptionsText(takenBack.text)
  return {
    newest: known(loaded),
    before: before === undefined || before === null ? before : known(before),
    takenBack:
      takenBack === undefined || taken?.kind !== 'ok'
        ? null
        : { ...takenBack, settings: taken.settings },
  }
}

function known({ text, since }: { readonly text: string; readonly since: string }): Known | null {
  const read = readOptionsText(text)
  return read.kind === 'ok' ? { text, since, settings: read.settings } : null
}

function asKept({ text, since }: Known) {
  return { text, since }
}

function withoutSettings({ text, at, reason }: TakenBack & { readonly text: string }) {
  return { text, at, reason }
}
