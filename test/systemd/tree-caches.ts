/** What a Debian tree keeps for tests that have no Internet, made anew only where its recipe changed. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkout } from './debian.ts'

const execute = promisify(execFile)
const npmMs = 5 * 60_000

/** Does it unless it was done for the same recipe in this very folder; `mark` remembers that. */
export async function once(
  mark: string,
  recipe: string | Buffer,
  work: () => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256').update(recipe).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return
  await work()
  writeFileSync(mark, hash)
}

/** npm's cache in the tree has what script/install asks for; the dev packages build the page. */
export async function keepNpmPackages(tree: string): Promise<void> {
  const lock = readFileSync(join(checkout, 'package-lock.json'))
  await once(join(tree, 'var/cache/npm-packages.made-of'), lock, () => fetchNpmPackages(tree))
}

async function fetchNpmPackages(tree: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-npm-'))
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(checkout, file), join(folder, file))
    }
    const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder]
    await execute('npm', [...words, '--cache', join(tree, 'var/cache/npm')], { timeout: npmMs })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
