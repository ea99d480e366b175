/** How the daemon stays small: without the stripper's 30 MB, with no pools and no compilers. */
import './lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { House } from './lab/house/house.ts'
import type { MemoryTrial } from './lab/measure/memory-trial.ts'
import { waitFor } from './wait-for.ts'

const trial = fileURLToPath(new URL('./lab/measure/memory-trial.ts', import.meta.url))

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
