/** Where the Debian of the systemd tests lies. It can be thrown away, and is then made again. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The oldest that script/install takes; another one to try it by hand. */
export const suite = process.env['WAN_FAILOVER_DEBIAN'] || 'bookworm'

const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
const folder = join(cache, 'wan-failover', 'systemd')

export const debianTree = join(folder, suite)

/** Without the slash at the end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export function openFolder(): void {
  mkdirSync(folder, { recursive: true })
}
