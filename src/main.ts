/**
 * The entry point. Node strips the types while it loads a module, and the stripper costs 30 MB for
 * as long as the process lives. So the daemon goes on from a cache of stripped modules, which a
 * child makes at the first start, by executing itself again in the same process. The cache lies in
 * the data folder: one that others can write to would be their code run as root.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ownVersion } from './commands/own-version.ts'

const warmUpMs = 20_000
/** A small young generation: 20 MB less for a process that allocates little and lives for months. */
const heapFlags = ['--max-semi-space-size=1']
const [command, ...rest] = process.argv.slice(2)
if (command === 'run' && process.env['NODE_COMPILE_CACHE'] === undefined) {
  const data = rest.includes('--data') ? rest[rest.indexOf('--data') + 1] : '/data'
  if (data !== undefined && existsSync(data)) goOnFromCache(data)
}
if (command === 'health' && rest.length === 0) {
  // Runs every few seconds: it must not cost what loading all the others costs.
  const { health } = await import('./commands/health.ts')
  process.exitCode = await health()
} else {
  const { commandLine } = await import('./commands/command-line.ts')
  process.exitCode = await commandLine(process.argv.slice(2))
}
// A daemon whose loop has failed must end, whatever sockets and helpers are still open: its
// supervisor starts it again, and the rules stand meanwhile.
if (command === 'run') process.exit()

function goOnFromCache(data: string): void {
  const caches = join(data, 'compile-cache')
  const cache = join(caches, ownVersion())
  const env = { ...process.env, NODE_COMPILE_CACHE: cache, NODE_NO_WARNINGS: '1' }
  const script = import.meta.filename
  if (!existsSync(cache)) {
    rmSync(caches, { recursive: true, force: true })
    spawnSync(process.execPath, [script, '--help'], { env, stdio: 'ignore', timeout: warmUpMs })
  }
  const words = [process.execPath, ...heapFlags, script, ...process.argv.slice(2)]
  process.execve?.(process.execPath, words, env)
}
