/**
 * Makes what the systemd tests need, in the machine's own network, for they have no Internet: a
 * Debian tree with systemd and npm, and in its caches the packages that script/install and
 * script/install-server will ask for. Nothing but that folder is changed.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeDebianTree } from '../container/debian-tree.ts'
import { checkout, debianTree, openFolder, suite } from './debian.ts'
import { keepNpmPackages, once } from './tree-caches.ts'

const execute = promisify(execFile)
const minutesMs = 60_000

const neededBy = (script: string) =>
  /^needed=\((.*)\)$/m.exec(readFileSync(join(checkout, script), 'utf8'))?.[1]?.split(' ') ?? []
const needed = ['script/install', 'script/install-server'].flatMap(neededBy)
// What a server needs besides, on a kernel without WireGuard.
const wanted = [...new Set([...needed, 'wireguard-go'])].join(' ')

openFolder()
await makeDebianTree({ folder: debianTree, suite, packages: ['systemd-sysv', 'npm'] })
await once(join(debianTree, 'var/cache/debian-packages.made-of'), wanted, fetchDebianPackages)
await keepNpmPackages(debianTree)
// No name server: what the tests ask the Internet for is refused at once.
writeFileSync(join(debianTree, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n')

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
