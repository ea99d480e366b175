import { join } from 'node:path'
import * as v from 'valibot'
import { JsonFile } from '../../daemon/memory/json-file.ts'
import type { Log } from '../../model/log.ts'
import { readOptionsText } from '../read-options.ts'
import type { RightOptions } from './choose-options.ts'

const kept = v.nullable(v.object({ text: v.string(), since: v.string() }))

type Kept = v.InferOutput<typeof kept>

/**
 * The last right options, as their text: a later version reads it by its own rules. The file has the
 * broker's password, so only its owner can read it.
 */
export class RightOptionsFile {
  readonly #file: JsonFile<Kept> | null
  /** What is known without a folder too, and while the disk is full. */
  #text: string | null = null
  #newest: RightOptions | null = null

  /** null: they don't outlive the process. */
  constructor(folder: string | null, log: Log) {
    const loss = 'after a restart wrong options would not be replaced by the last right ones'
    const place = folder === null ? null : join(folder, 'right-options.json')
    this.#file =
      place === null ? null : new JsonFile<Kept>(place, { schema: kept, empty: null, loss, log })
    const loaded = this.#file?.load() ?? null
    const read = loaded === null ? null : readOptionsText(loaded.text)
    if (loaded === null || read?.kind !== 'ok') return
    this.#text = loaded.text
    this.#newest = { settings: read.settings, since: loaded.since }
  }

  /** null: none are known, or none that this version would take. */
  get newest(): RightOptions | null {
    return this.#newest
  }

  /** They are in force from now on. */
  keep(text: string, { settings, since }: RightOptions): void {
    if (text === this.#text) return
    this.#text = text
    this.#newest = { settings, since }
    this.#file?.save({ text, since })
  }
}
