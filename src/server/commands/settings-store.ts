/** The settings' file: read whole, written whole, and nobody but its owner reads it. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf, messageOf } from '../../model/caught-error.ts'
import {
  type ReadSettings,
  readServerSettings,
  type ServerSettings,
  writeServerSettings,
} from '../houses/server-settings.ts'

export async function readSettingsFile(path: string): Promise<ReadSettings> {
  try {
    const read = readServerSettings(await readFile(path, 'utf8'))
    return read.kind === 'ok' ? read : { kind: 'wrong', reason: `${path}: ${read.reason}` }
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT'
    const reason = missing ? `there is no ${path}: call setup first` : messageOf(error)
    return { kind: 'wrong', reason }
  }
}

/** For a command, which can do nothing without them. */
export async function settingsOrThrow(path: string): Promise<ServerSettings> {
  const read = await readSettingsFile(path)
  if (read.kind === 'wrong') throw new Error(read.reason)
  return read.settings
}

/** Whoever reads meanwhile sees the old file or the new one. */
export async function writeSettingsFile(path: string, settings: ServerSettings): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.new`
  await writeFile(beside, writeServerSettings(settings), { mode: 0o600, flush: true })
  await rename(beside, path)
}
