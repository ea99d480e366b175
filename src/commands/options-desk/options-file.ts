import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf, messageOf } from '../../model/caught-error.ts'
import type { OptionsAsWritten } from '../../model/published/options-page.ts'
import { editYaml } from '../../options/edit/edit-yaml.ts'
import { isMapping } from '../../options/edit/plain-values.ts'
import { formatProblems } from '../../options/problem.ts'
import { readYaml, sizeProblem } from '../../options/read-yaml.ts'
import type { Edited, OptionsPlace, PlaceRead, Put } from './options-place.ts'
import { replaceFile } from './replace-file.ts'

/** A YAML or JSON file that the user edits too. */
export class OptionsFile implements OptionsPlace {
  readonly source = 'file'
  readonly where: string
  readonly without: readonly string[] = []

  constructor(path: string) {
    this.where = path
  }

  async read(): Promise<PlaceRead> {
    const read = readOptionsFile(this.where)
    return read.kind === 'ok' ? { ...read, whyNot: whyNotWritable(this.where) } : read
  }

  edit(text: string, options: OptionsAsWritten): Edited {
    return editYaml(text, options)
  }

  async objection(): Promise<null> {
    return null
  }

  async put(text: string): Promise<Put> {
    try {
      replaceFile(this.where, text)
      return { kind: 'done' }
    } catch (error) {
      return { kind: 'failed', reason: `${this.where} can't be written: ${messageOf(error)}` }
    }
  }

  putBack(text: string): Promise<Put> {
    return this.put(text)
  }
}

export type ReadFile =
  | { readonly kind: 'ok'; readonly text: string; readonly options: OptionsAsWritten }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** A file that isn't there has no options yet. */
export function readOptionsFile(path: string): ReadFile {
  try {
    const tooLong = sizeProblem(statSync(path).size)
    if (tooLong !== null) return unreadable(path, formatProblems([tooLong]))
    const text = readFileSync(path, 'utf8')
    const read = readYaml(text)
    if (read.kind === 'invalid') return unreadable(path, formatProblems(read.problems))
    const options = read.value ?? {}
    if (isMapping(options)) return { kind: 'ok', text, options }
    return unreadable(path, ['expected a mapping of options'])
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'ok', text: '', options: {} }
    return unreadable(path, [messageOf(error)])
  }
}

function unreadable(path: string, reasons: readonly string[]): ReadFile {
  return { kind: 'unreadable', reason: `${path} can't be read: ${reasons.join('; ')}` }
}

/** It is replaced by another file, so its folder has to be writable too. */
function whyNotWritable(path: string): string | null {
  try {
    const target = resolved(path)
    if (statSync(target, { throwIfNoEntry: false }) !== undefined) {
      accessSync(target, constants.W_OK)
    }
    accessSync(dirname(target), constants.W_OK)
    return null
  } catch (error) {
    return `this program may not write ${path} (${codeOf(error)})`
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // It isn't there yet, or its folder isn't, which the caller finds out.
    return path
  }
}
