import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { codeOf } from '../../model/caught-error.ts'

/**
 * Puts `text` in the place of a file, whole or not at all, with its owner and mode; where none
 * stands, for its owner alone. A link stays, and what it leads to is replaced. Throws.
 */
export function replaceFile(path: string, text: string): void {
  const target = targetOf(path)
  const old = statOf(target)
  const fresh = `${target}.new`
  rmSync(fresh, { force: true })
  // O_EXCL, open(2): it follows no link that somebody has put there.
  const file = openSync(fresh, 'wx', 0o600)
  try {
    writeWhole(file, text)
    if (old !== null) {
      fchmodSync(file, old.mode & 0o7777)
      keepOwner(file, old)
    }
    fsyncSync(file)
    renameSync(fresh, target)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

/** Only root may give a file away; whoever else replaces it owns it then. */
function keepOwner(file: number, { uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error
  }
}

function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path
    throw error
  }
}

function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null
}
