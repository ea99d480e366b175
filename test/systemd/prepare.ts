/**
 * Makes what the systemd tests need, in the machine's own network, for they have no Internet: a
 * Debian tree with systemd and npm, and in its caches the packages that script/install and
 * script/install-server will ask for. Nothing but that folder is changed.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeDebianTree } from '../container/debian-tree.ts'
import { checkout, debianTree, openFolder, suite } from './debian.ts'

const execute = promisify(execFile)
const minutesMs = 60_000

const neededBy = (script: string) =>
  /^needed=\((.*)\)$/m.exec(readFileSync(join(checkout, script), 'utf8'))?.[1]?.split(' ') ?? []
const needed = ['script/install', 'script/install-server'].flatMap(neededBy)
// What a server needs besides, on a kernel without WireGuard.
const wanted = [...new Set([...needed, 'wireguard-go'])].join(' ')

openFolder()
await makeDebianTree({ folder: debianTree, suite, packages: ['systemd-sysv', 'npm'] })
await once('debian-packages', wanted, fetchDebianPackages)
await once('npm-packages', readFileSync(join(checkout, 'package-lock.json')), fetchNpmPackages)
// No name server: what the tests ask the Internet for is refused at once.
writeFileSync(join(debianTree, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n')

/** Does it unless it was done for the same recipe in this very tree. */
async function once(what: string, recipe: string | Buffer, work: () => Promise<void>) {
  const mark = join(debianTree, 'var/cache', `${what}.made-of`)
  const hash = createHash('sha256').update(recipe).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return
  await work()
  writeFileSync(mark, hash)
}

async function fetchDebianPackages(): Promise<void> {
  const script = `
    mount -t proc proc "$1/proc"
    mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
    tree=$1
    shift
    chroot "$tree" apt-get update -qq
    chroot "$tree" apt-get install -qq --yes --download-only --no-install-recommends "$@"`
  const shell = ['--mount', '--propagation', 'private', 'sh', '-e', '-c', script, 'sh']
  const words = [...shell, debianTree, ...wanted.split(' ')]
  await execute('unshare', words, { timeout: 5 * minutesMs })
}

/** The dev packages too: one of them builds the page. */
async function fetchNpmPackages(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wan-failover-npm-'))
  try {
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(checkout, file), join(folder, file))
    }
    const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder]
    const cache = join(debianTree, 'var/cache/npm')
    await execute('npm', [...words, '--cache', cache], { timeout: 5 * minutesMs })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
