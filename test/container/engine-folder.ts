/** A folder for a new engine that holds the add-on's image already; it goes when it is disposed of. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workshop } from './workshop.ts'

export interface EngineFolder extends Disposable {
  readonly path: string
}

export function engineFolder(): EngineFolder {
  const { seedFolder } = workshop
  if (!existsSync(seedFolder)) {
    throw new Error('there is no image to try yet: run script/test-container')
  }
  const path = mkdtempSync(join(tmpdir(), 'wan-failover-engine-'))
  try {
    fill(join(seedFolder, 'docker'), join(path, 'docker'))
  } catch (error) {
    rmSync(path, { recursive: true, force: true })
    throw error
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/**
 * Images' layers are linked and not copied, which takes no time: an engine writes beside a layer
 * and never into it. Its databases it does write into.
 */
function fill(seed: string, folder: string): void {
  const layers = 'overlay2'
  const others = readdirSync(seed).filter((name) => name !== layers)
  execFileSync('mkdir', [folder])
  execFileSync('cp', ['--archive', ...others.map((name) => join(seed, name)), folder])
  execFileSync('cp', ['--archive', '--link', join(seed, layers), folder])
}
