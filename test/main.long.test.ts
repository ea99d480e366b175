/** How the daemon stays small from its first start on. */
import './lab/enter-namespace.ts'
import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { House } from './lab/house/house.ts'
import { residentKb } from './lab/measure/command-flood.ts'

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

function removeEachTenthFile(folder: string): void {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  assert.ok(files.length > 100, `only ${files.length} files in the cache`)
  for (const [i, { parentPath, name }] of files.entries()) {
    if (i % 10 === 0) rmSync(join(parentPath, name))
  }
}
