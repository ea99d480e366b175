/** A Debian system in a folder, from the mirror that this machine's own apt uses. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
/** Emulated, it takes several times as long. */
const installMs = 20 * 60_000
const outputBytes = 64 * 1024 * 1024

/** Packages' own scripts run with the tree as their root, where this folder isn't. */
const { TMPDIR: _, ...environment } = process.env

export interface DebianTree {
  readonly folder: string
  readonly suite: string
  readonly packages: readonly string[]
  /** Debian's name of another architecture than the machine's, which must be able to run it. */
  readonly architecture?: string
}

/** Makes the tree, unless the same one stands already. No service of its packages is started. */
export async function makeDebianTree(wanted: DebianTree): Promise<void> {
  const { folder, suite, packages, architecture } = wanted
  const mark = `${folder}.made-of`
  const recipe = `${[architecture, suite, ...packages].filter(Boolean).join(' ')}\n`
  if (existsSync(mark) && readFileSync(mark, 'utf8') === recipe) return
  rmSync(folder, { recursive: true, force: true })
  const mirror = await ownMirror()
  await within(`debootstrap of ${suite}`, 'debootstrap', [
    ...['--variant=minbase', ...(architecture === undefined ? [] : [`--arch=${architecture}`])],
    ...[suite, folder, mirror],
  ])
  // A mirror may be a snapshot whose signature's time has passed.
  writeFileSync(
    join(folder, 'etc/apt/apt.conf.d/90lab'),
    'Acquire::Check-Valid-Until "false";\nAcquire::Languages "none";\n',
  )
  writeFileSync(join(folder, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  if (packages.length > 0) {
    const words = ['--mount', '--propagation', 'private', 'sh', '-e', '-c', installScript, 'sh']
    await within(`installing in ${suite}`, 'unshare', [...words, folder, ...packages])
  }
  writeFileSync(mark, recipe)
}

const installScript = `
export DEBIAN_FRONTEND=noninteractive
tree=$1
shift
mount -t proc proc "$tree/proc"
mount --bind /etc/resolv.conf "$tree/etc/resolv.conf"
chroot "$tree" apt-get update -qq
chroot "$tree" apt-get install -qq --yes --no-install-recommends "$@"
chroot "$tree" apt-get clean
`

async function ownMirror(): Promise<string> {
  const { stdout } = await execute('apt-get', [
    ...['indextargets', '--format', '$(REPO_URI) $(COMPONENT)', 'Created-By: Packages'],
  ])
  const found = stdout
    .split('\n')
    .filter((line) => line.endsWith(' main') && !line.includes('security'))
    .map((line) => line.slice(0, -' main'.length))
  const [mirror] = found
  if (mirror === undefined) throw new Error('apt names no mirror of Debian here')
  return mirror
}

async function within(doing: string, file: string, args: readonly string[]): Promise<void> {
  try {
    await execute(file, [...args], { timeout: installMs, maxBuffer: outputBytes, env: environment })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const last = `${stdout}${stderr}`.split('\n').slice(-20).join('\n')
    throw new Error(`${doing} failed:\n${last || String(error)}`)
  }
}
