import { join } from 'node:path'
import * as v from 'valibot'
import { JsonFile } from '../../daemon/memory/json-file.ts'
import type { Log } from '../../model/log.ts'
import type { NearPoint } from './near-points.ts'

const point = v.object({
  group: v.string(),
  address: v.string(),
  link: v.string(),
  port: v.nullable(v.number()),
})
const kept = v.nullable(v.object({ until: v.string(), reached: v.array(point) }))

export interface RunningTrial {
  /** ISO 8601: it ends then, by the wall's clock. */
  readonly until: string
  /** Who was reached before the options that are on trial. */
  readonly reached: readonly NearPoint[]
}

/**
 * The trial that runs, for a process that dies within it: nobody could say afterwards who was reached
 * before.
 */
export class TrialBook {
  readonly #file: JsonFile<v.InferOutput<typeof kept>> | null
  #now: RunningTrial | null

  /** @param folder null: it doesn't outlive the process */
  constructor(folder: string | null, log: Log) {
    const loss = 'after a restart nobody would know what the new options cost'
    const options = { schema: kept, empty: null, loss, log }
    this.#file = folder === null ? null : new JsonFile(join(folder, 'options-trial.json'), options)
    this.#now = this.#file?.load() ?? null
  }

  /** null: none runs. */
  get now(): RunningTrial | null {
    return this.#now
  }

  note(trial: RunningTrial | null): void {
    if (trial === null && this.#now === null) return
    this.#now = trial
    this.#file?.save(trial === null ? null : { ...trial, reached: [...trial.reached] })
  }
}
