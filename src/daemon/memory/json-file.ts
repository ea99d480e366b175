import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
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

/**
 * One value in a file, replaced whole or not at all, even if the power is cut. It never throws: a
 * full disk is logged. The new file takes the old one's place when the disk has it, for which the
 * daemon's loop must not wait; until then it stands beside, and is what is loaded.
 */
export class JsonFile<Value> {
  readonly #path: string
  readonly #fresh: string
  readonly #options: JsonFileOptions<Value>
  #settled: Promise<boolean> = Promise.resolve(true)

  constructor(path: string, options: JsonFileOptions<Value>) {
    this.#path = path
    this.#fresh = `${path}.new`
    this.#options = options
  }

  load(): Value {
    // One that was cut short is no sign of anything: what it should have replaced still stands.
    const fresh = this.#read(this.#fresh)
    if (fresh.kind === 'ok') return fresh.value
    const read = this.#read(this.#path)
    if (read.kind === 'ok') return read.value
    if (codeOf(read.error) !== 'ENOENT') {
      const why = String(read.error)
      this.#options.log.warn(`${this.#path} can't be read and starts empty: ${why}`)
    }
    return this.#options.empty
  }

  /** false: it isn't kept, which is logged. */
  save(value: Value): boolean {
    const folder = dirname(this.#path)
    try {
      if (!existsSync(folder)) mkdirSync(folder)
      // A leftover, or a link that somebody has put there to have us write elsewhere.
      rmSync(this.#fresh, { force: true })
      this.#settled = this.#settle(writeNew(this.#fresh, JSON.stringify(value)))
      return true
    } catch (error) {
      this.#complain(error)
      return false
    }
  }

  /** Whether the disk has what was saved last. */
  get settled(): Promise<boolean> {
    return this.#settled
  }

  #read(path: string): { kind: 'ok'; value: Value } | { kind: 'failed'; error: unknown } {
    try {
      const value = v.parse(this.#options.schema, JSON.parse(readFileSync(path, 'utf8')))
      return { kind: 'ok', value }
    } catch (error) {
      return { kind: 'failed', error }
    }
  }

  async #settle(file: number): Promise<boolean> {
    try {
      await flush(file)
      // Another one that was saved meanwhile has to be on the disk first.
      const standing = statSync(this.#fresh, { throwIfNoEntry: false })
      if (standing?.ino === fstatSync(file).ino) renameSync(this.#fresh, this.#path)
      return true
    } catch (error) {
      this.#complain(error)
      return false
    } finally {
      closeSync(file)
    }
  }

  #complain(error: unknown): void {
    this.#options.log.warn(`${this.#options.loss}: ${String(error)}`)
  }
}

const flush = promisify(fdatasync)

function writeNew(path: string, text: string): number {
  const file = openSync(path, newFile, 0o600)
  try {
    writeFileSync(file, text)
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** O_EXCL, open(2): fails where anything stands already, and follows no link. */
const newFile = 'wx'
