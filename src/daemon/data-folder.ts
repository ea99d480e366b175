import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Log } from '../model/log.ts'
import type { Memory, Remembered } from './memory.ts'

const schema = v.object({
  mode: v.pipe(v.string(), v.maxLength(64)),
  mayOverride: v.boolean(),
})

const nothingRemembered: Remembered = { mode: 'automatic', mayOverride: false }

/** Remembers in `state.json` below `folder`; null remembers nothing beyond the process. */
export function dataFolder(folder: string | null, log: Log): Memory {
  if (folder === null) return { load: () => nothingRemembered, save: () => {} }
  const path = join(folder, 'state.json')
  return {
    load() {
      try {
        return v.parse(schema, JSON.parse(readFileSync(path, 'utf8')))
      } catch (error) {
        if (!isMissing(error)) log.warn(`${path} can't be read, it starts afresh: ${String(error)}`)
        return nothingRemembered
      }
    },
    save(remembered) {
      try {
        if (!existsSync(folder)) mkdirSync(folder)
        writeFileSync(`${path}.new`, JSON.stringify(remembered), { mode: 0o600 })
        renameSync(`${path}.new`, path)
      } catch (error) {
        log.warn(`the mode is not remembered over a restart: ${String(error)}`)
      }
    },
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
