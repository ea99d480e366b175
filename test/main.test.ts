/** How the daemon stays small: without the stripper's 30 MB, with no pools and no compilers. */
import './lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { House } from './lab/house/house.ts'
import { residentKb } from './lab/measure/command-flood.ts'
import type { MemoryTrial } from './lab/measure/memory-trial.ts'
import { waitFor } from './wait-for.ts'

const trial = fileURLToPath(new URL('./lab/measure/memory-trial.ts', import.meta.url))

test('a start without a cache, or with one that lacks modules, is as small as any', async () => {
  await using house = await House.open({ topology: 'one-subnet' })
  const cache = join(house.folder.path, 'compile-cache')
  const sizeAfterRestart = async (): Promise<number> => {
    house.startAgain()
    await house.daemon.waitForLine(/public address of secondary/, { deadlineMs: 30_000 })
    return residentKb(house.daemon.pid)
  }
  await house.daemon.stop()
  rmSync(cache, { recursive: true })
  const without = await sizeAfterRestart()
  await house.daemon.stop()
  removeEachTenthFile(cache)
  const incomplete = await sizeAfterRestart()
  await house.daemon.stop()
  const usual = await sizeAfterRestart()
  assert.ok(without < usual + 15_000, `${without} kB without a cache, usually ${usual} kB`)
  assert.ok(incomplete < usual + 15_000, `${incomplete} kB, usually ${usual} kB`)
})

test('neither messages of ever new lengths nor hot code make it grow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-memory-'))
  const report = join(folder, 'trial.json')
  const environment = { NODE_OPTIONS: `--import=${trial}`, MEMORY_TRIAL: report }
  await using house = await House.open({ topology: 'one-subnet', circumstances: { environment } })
  process.kill(house.daemon.pid, 'SIGUSR2')
  await waitFor(() => existsSync(report), { what: 'the trial in the daemon', deadlineMs: 60_000 })
  const { keptBytes, compilerBytes } = JSON.parse(readFileSync(report, 'utf8')) as MemoryTrial
  rmSync(folder, { recursive: true })
  // The library keeps one for each length: of a few bytes, not the 64 kB that it was cut from.
  assert.ok(keptBytes < 200_000, `${keptBytes} bytes kept in buffers`)
  assert.ok(compilerBytes < 1_000_000, `${compilerBytes} bytes for compilers`)
})

function removeEachTenthFile(folder: string): void {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  assert.ok(files.length > 100, `only ${files.length} files in the cache`)
  for (const [i, { parentPath, name }] of files.entries()) {
    if (i % 10 === 0) rmSync(join(parentPath, name))
  }
}
