/**
 * The entry point. Node strips the types while it loads a module, and the stripper costs 30 MB for
 * as long as the process lives. So the daemon goes on from a cache of stripped modules, by
 * executing itself again in the same process. What the cache lacks, at the first start or because
 * a file is another since, is added, and then it executes itself once more. The cache lies in the
 * data folder: one that others can write to would be their code run as root.
 */
import { existsSync, rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ownVersion } from './commands/own-version.ts'

/** A small young generation: 20 MB less for a process that allocates little and lives for months. */
const heapFlags = ['--max-semi-space-size=1']
/** V8 else lets the heap grow to several times what is in use before it looks for garbage. */
const heapGrowth = '--heap-growing-percent=10'
/**
 * V8's optimizing compilers take 2 to 8 MB for a moment, of which the C library gives little back,
 * and what they make is another 4 MB. A daemon that waits most of the time takes no more of the
 * processor without them. The baseline compiler stays: else a thousand policies take twice as long.
 */
const noOptimizers = ['--no-maglev', '--no-turbofan']
/** The C library's: one for each thread would keep another 2 MB that nobody uses. */
const oneArena = { MALLOC_ARENA_MAX: '1' }
/** Set where the cache has just been completed: what it still lacks can't be kept in it. */
const completed = 'WAN_FAILOVER_CACHE_COMPLETED'
const [command, ...rest] = process.argv.slice(2)
// A small buffer is else a slice of 64 kB, all of which stay for as long as anybody keeps the slice.
// The MQTT library keeps one for each length that a message has ever had.
if (command === 'run') Buffer.poolSize = 0
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
  if (command === 'run') {
    if (hasStripper()) goOnFromCompletedCache()
    // After the modules: they are a part of their cache's key.
    for (const flag of [heapGrowth, ...noOptimizers]) setFlagsFromString(flag)
    collectGarbage()
  }
  process.exitCode = await commandLine(process.argv.slice(2))
}
// A daemon whose loop has failed must end, whatever sockets and helpers are still open: its
// supervisor starts it again, and the rules stand meanwhile.
if (command === 'run') process.exit()

/** Else the growth that is allowed counts from nothing, up to 40 MB, and not from what is in use. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
}

function goOnFromCache(data: string): void {
  const caches = join(data, 'compile-cache')
  const cache = join(caches, ownVersion())
  if (!existsSync(cache)) rmSync(caches, { recursive: true, force: true })
  executeAgain({ ...oneArena, NODE_COMPILE_CACHE: cache, NODE_NO_WARNINGS: '1' })
}

function goOnFromCompletedCache(): void {
  if (process.env['NODE_COMPILE_CACHE'] === undefined) return
  if (process.env[completed] !== undefined) return
  flushCompileCache()
  executeAgain({ [completed]: '1' })
}

/** Whether Node has loaded it, and with it its 30 MB. */
function hasStripper(): boolean {
  const { moduleLoadList } = process as { moduleLoadList?: readonly string[] }
  return moduleLoadList?.some((name) => name.includes('amaro')) ?? false
}

function executeAgain(environment: Readonly<Record<string, string>>): void {
  const words = [process.execPath, ...heapFlags, import.meta.filename, ...process.argv.slice(2)]
  process.execve?.(process.execPath, words, { ...process.env, ...environment })
}
