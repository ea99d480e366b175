import { rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../model/caught-error.ts'
import type { OptionsAsWritten } from '../../model/published/options-page.ts'
import { editYaml } from '../../options/edit/edit-yaml.ts'
import { readOptionsFile } from './options-file.ts'
import type { Edited, OptionsPlace, PlaceRead, Put } from './options-place.ts'

/**
 * The user's file where this process may neither read nor write it, as a service of its own user:
 * root's hand gives us a copy, and takes what we leave beside the copy. We wait until it has.
 */
export class HandedOverFile implements OptionsPlace {
  readonly source = 'file'
  readonly where: string
  readonly without: readonly string[] = []
  readonly #copy: string
  readonly #patienceMs: number

  constructor(copy: string, original: string, patienceMs = handMs) {
    this.#copy = copy
    this.where = original
    this.#patienceMs = patienceMs
  }

  async read(): Promise<PlaceRead> {
    const read = readOptionsFile(this.#copy)
    return read.kind === 'ok' ? { ...read, whyNot: null } : read
  }

  edit(text: string, options: OptionsAsWritten): Edited {
    return editYaml(text, options)
  }

  async objection(): Promise<null> {
    return null
  }

  async put(text: string): Promise<Put> {
    const left = `${this.#copy}.wanted`
    try {
      rmSync(left, { force: true })
      writeFileSync(left, text, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      return { kind: 'failed', reason: `${left} can't be written: ${messageOf(error)}` }
    }
    for (let waitedMs = 0; waitedMs < this.#patienceMs; waitedMs += lookEveryMs) {
      const read = readOptionsFile(this.#copy)
      if (read.kind === 'ok' && read.text === text) return { kind: 'done' }
      await wait(lookEveryMs)
    }
    rmSync(left, { force: true })
    const hand = 'wan-failover-options-save.path'
    return { kind: 'failed', reason: `nobody wrote ${this.where}: is ${hand} active?` }
  }

  putBack(text: string): Promise<Put> {
    return this.put(text)
  }
}

/** systemd needs some tenths of a second for each of its units. */
const handMs = 8_000
const lookEveryMs = 100
