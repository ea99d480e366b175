/**
 * Where the container tests keep what takes long to make: Debian trees, the engine that builds, the
 * image. All of it can be thrown away, and is then made again.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** As the Supervisor names it. */
export type Architecture = 'amd64' | 'aarch64'

/** Of this machine. */
export const architecture: Architecture = process.arch === 'arm64' ? 'aarch64' : 'amd64'

/** The other one that the add-on is for; some machines can run its programs, too. */
export const otherArchitecture: Architecture = architecture === 'amd64' ? 'aarch64' : 'amd64'

const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
const folder = join(cache, 'wan-failover', 'container')

export const workshop = {
  folder,
  /** The engine that the tests use is newer than the machine's Debian, as Home Assistant's is. */
  engineTree: join(folder, 'engine-tree'),
  baseTree: (of: Architecture) => join(folder, `base-tree-${of}`),
  buildFolder: join(folder, 'build'),
  /** For the other architecture: an engine's name of the base can stand for one only. */
  otherBuildFolder: join(folder, 'build-other'),
  /** What an engine has written that was given the image: each test's engine starts from it. */
  seedFolder: join(folder, 'seed'),
  /** What the Supervisor would call it. */
  image: imageOf(architecture),
}

export function imageOf(which: Architecture): string {
  return `local/${which}-addon-wan_failover:test`
}

/** Without the slash at the end. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** config.yaml, as far as the Supervisor needs it to build and to start. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly slug: string
  readonly description: string
  readonly url: string
  readonly privileged: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

export function readManifest(): Manifest {
  return parse(readFileSync(join(checkout, 'config.yaml'), 'utf8')) as Manifest
}

export function openWorkshop(): void {
  for (const path of [workshop.buildFolder, workshop.otherBuildFolder]) {
    mkdirSync(path, { recursive: true })
  }
}
