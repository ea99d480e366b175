/** Builds the add-on's image as the Supervisor does: same command, arguments and labels. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from './engine.ts'
import { type Architecture, architecture, checkout, imageOf, readManifest } from './workshop.ts'

/** Emulated, it takes several times as long. */
const buildMs = 45 * 60_000
const digest = /@sha256:[0-9a-f]{64}/g

export const platforms = { amd64: 'linux/amd64', aarch64: 'linux/arm64' } as const

/** What the Supervisor puts on every image that it builds. */
export function supervisorLabels(
  of: Architecture = architecture,
): Readonly<Record<string, string>> {
  const { version, name, description, url } = readManifest()
  return {
    'io.hass.version': version,
    'io.hass.arch': of,
    'io.hass.type': 'app',
    'io.hass.name': name,
    'io.hass.description': description,
    'io.hass.url': url,
  }
}

/**
 * Builds the checkout, which is the engine's sources; `folder` is the engine's own. Without the Supervisor's `--pull`, for
 * the base is a stand-in that has no digest, and on the network of the machine, for this engine has none of its own.
 */
export async function buildImage(
  engine: Engine,
  { of, folder }: { of: Architecture; folder: string },
): Promise<void> {
  const { version } = readManifest()
  const dockerfile = readFileSync(join(checkout, 'Dockerfile'), 'utf8')
  writeFileSync(join(folder, 'Dockerfile'), dockerfile.replaceAll(digest, ''))
  await engine.dockerWithin(buildMs, [
    ...['buildx', 'build', '/srv', '--file', '/mnt/Dockerfile', '--tag', imageOf(of)],
    ...['--platform', platforms[of], '--network', 'host', '--progress', 'plain'],
    ...Object.entries(supervisorLabels(of)).flatMap(([key, value]) => [
      '--label',
      `${key}=${value}`,
    ]),
    ...['--build-arg', `BUILD_VERSION=${version}`, '--build-arg', `BUILD_ARCH=${of}`],
  ])
}
