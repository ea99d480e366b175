import { join } from 'node:path'
import * as v from 'valibot'
import { JsonFile } from '../../daemon/memory/json-file.ts'
import type { Log } from '../../model/log.ts'

const change = v.object({
  previous: v.nullable(v.object({ text: v.string(), saved: v.string() })),
  pending: v.nullable(v.object({ until: v.string(), version: v.string() })),
  owed: v.nullable(v.string()),
  putBack: v.nullable(v.object({ at: v.string(), reason: v.string() })),
})

export interface Change {
  /** What stood there before the last confirmed change, and until when; null: nothing is kept. */
  readonly previous: { readonly text: string; readonly saved: string } | null
  /** A change that nobody has confirmed yet, and what it has written. */
  readonly pending: { readonly until: string; readonly version: string } | null
  /** Why the previous ones are to be put back, as long as that isn't done. */
  readonly owed: string | null
  /** What users don't know yet. */
  readonly putBack: { readonly at: string; readonly reason: string } | null
}

const nothing: Change = { previous: null, pending: null, owed: null, putBack: null }

/**
 * The page's last change of the options, for as long as it may have to be put back: a restart ends
 * no deadline. Passwords may be in it, so only its owner can read the file.
 */
export class ChangeBook {
  readonly #file: JsonFile<Change> | null
  #now: Change

  /** @param folder null: it doesn't outlive the process */
  constructor(folder: string | null, log: Log) {
    const loss = 'a change of the options could not be put back after a restart'
    const options = { schema: change, empty: nothing, loss, log }
    this.#file = folder === null ? null : new JsonFile(join(folder, 'options-change.json'), options)
    this.#now = this.#file?.load() ?? nothing
  }

  get now(): Change {
    return this.#now
  }

  /** Whether the disk has what was noted last; where there is no folder it needn't. */
  get settled(): Promise<boolean> {
    return this.#file?.settled ?? Promise.resolve(true)
  }

  /** false: it isn't kept; where there is no folder it can't be. */
  note(news: Partial<Change>): boolean {
    this.#now = { ...this.#now, ...news }
    return this.#file?.save(this.#now) ?? true
  }
}
