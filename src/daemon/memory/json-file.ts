import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { codeOf } from '../../model/caught-error.ts'
import type { Log } from '../../model/log.ts'

export interface JsonFileOptions<Value> {
  readonly schema: v.GenericSchema<unknown, Value>
  /** What is in a file that isn't there, or that can't be read. */
  readonly empty: Value
  /** What a user loses where it can't be written. */
  readonly loss: string
  readonly log: Log
}

/** One value in a file, replaced whole or not at all. It never throws: a full disk is logged. */
export class JsonFile<Value> {
  readonly #path: string
  readonly #options: JsonFileOptions<Value>

  constructor(path: string, options: JsonFileOptions<Value>) {
    this.#path = path
    this.#options = options
  }

  load(): Value {
    const { schema, empty, log } = this.#options
    try {
      return v.parse(schema, JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') {
        log.warn(`${this.#path} can't be read and starts empty: ${String(error)}`)
      }
      return empty
    }
  }

  /** false: it isn't kept, which is logged. */
  save(value: Value): boolean {
    const folder = dirname(this.#path)
    try {
      if (!existsSync(folder)) mkdirSync(folder)
      // A leftover, or a link that somebody has put there to have us write elsewhere.
      rmSync(`${this.#path}.new`, { force: true })
      writeFileSync(`${this.#path}.new`, JSON.stringify(value), { mode: 0o600, flag: newFile })
      renameSync(`${this.#path}.new`, this.#path)
      return true
    } catch (error) {
      this.#options.log.warn(`${this.#options.loss}: ${String(error)}`)
      return false
    }
  }
}

/** O_EXCL, open(2): fails where anything stands already, and follows no link. */
const newFile = 'wx'
