/**
 * Kernel settings that a server needs, and what they were before: a file remembers it, for whoever
 * takes them back may be another process. One that somebody else has changed since stays theirs.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { codeOf, messageOf } from '../../model/caught-error.ts'
import type { KernelSetting } from './wanted-network.ts'

const entry = v.strictObject({ path: v.string(), before: v.string(), ours: v.string() })
const entries = v.pipe(v.string(), v.parseJson(), v.array(entry))
type Entry = v.InferOutput<typeof entry>

export class KernelBook {
  readonly #file: string
  readonly #root: string

  /** @param root where the kernel's settings are; tests have another */
  constructor(file: string, root = '/proc/sys') {
    this.#file = file
    this.#root = root
  }

  /** null, or which one failed, and why. */
  async set(wanted: readonly KernelSetting[]): Promise<string | null> {
    const known = [...(await this.#read())]
    for (const { path, value, onlyFrom } of wanted) {
      try {
        const before = await this.#get(path)
        if (before === value || (onlyFrom !== null && before !== onlyFrom)) continue
        // What was noted first is what was there before us. Noted before it is changed.
        const index = known.findIndex((one) => one.path === path)
        if (index < 0) known.push({ path, before, ours: value })
        await writeFile(this.#file, JSON.stringify(known), { mode: 0o600 })
        await writeFile(join(this.#root, path), value)
      } catch (error) {
        return `setting ${path} to ${value}: ${messageOf(error)}`
      }
    }
    return null
  }

  /** Backwards. A link that is gone has taken its settings along. */
  async putBack(): Promise<string | null> {
    const failed: string[] = []
    for (const { path, before, ours } of [...(await this.#read())].reverse()) {
      try {
        if ((await this.#get(path)) === ours) await writeFile(join(this.#root, path), before)
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') failed.push(`${path}: ${messageOf(error)}`)
      }
    }
    if (failed.length > 0) return `putting kernel settings back: ${failed.join(', ')}`
    await rm(this.#file, { force: true })
    return null
  }

  async #get(path: string): Promise<string> {
    return (await readFile(join(this.#root, path), 'utf8')).trim()
  }

  async #read(): Promise<readonly Entry[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return '[]'
      throw error
    })
    const read = v.safeParse(entries, text)
    return read.success ? read.output : []
  }
}
