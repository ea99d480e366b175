/** Where the guest's disk and kernel lie. They can be thrown away, and are then made again. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
const folder = join(cache, 'wan-failover', 'guest')

export const suite = 'bookworm'
export const guestTree = join(folder, suite)
export const disk = join(folder, 'disk.ext4')
/** A kernel's first root, in memory. */
export const starter = join(folder, 'starter.gz')
export const diskMark = join(folder, 'disk.made-of')
/** Disks of guests that run; each goes with its guest. Not below /tmp, which may be memory. */
export const runFolder = join(folder, 'run')

export function openFolder(): void {
  mkdirSync(runFolder, { recursive: true })
}
