/**
 * Makes the guest's disk, in the machine's own network, for the guest has no Internet: a Debian with
 * its stock kernel, the lab's tools and npm's packages. Nothing but that folder is changed.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeDebianTree } from '../container/debian-tree.ts'
import { checkout } from '../systemd/debian.ts'
import { keepNpmPackages, once } from '../systemd/tree-caches.ts'
import { disk, diskMark, guestTree, openFolder, suite } from './image.ts'
import { makeStarter, starterScript } from './starter.ts'

const execute = promisify(execFile)
const diskMs = 5 * 60_000
const diskSize = '4G'

const packages = [
  ...['linux-image-amd64', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'cpio', 'busybox-static'],
  ...['qemu-guest-agent', 'npm'],
  // What script/install asks for.
  ...['iproute2', 'nftables', 'conntrack', 'iptables', 'iputils-ping', 'wireguard-tools'],
  ...['libatomic1', 'apparmor', 'procps', 'strace', 'tcpdump', 'openssl'],
  ...['mosquitto', 'mosquitto-clients', 'keepalived', 'ppp', 'pppoe', 'xl2tpd'],
]

/** Programs are there for tests to start; nothing fetches news, and nobody logs in. */
const masked = [
  ...['mosquitto', 'keepalived', 'xl2tpd', 'serial-getty@ttyS0', 'getty@tty1', 'systemd-logind'],
  ...['systemd-user-sessions', 'systemd-update-utmp', 'systemd-update-utmp-runlevel'],
  ...['modprobe@drm', 'modprobe@efi_pstore', 'modprobe@fuse', 'e2scrub_reap'],
].map((name) => `${name}.service`)
const maskedTimers = ['apt-daily', 'apt-daily-upgrade', 'fstrim', 'e2scrub_all', 'dpkg-db-backup']

const files: Readonly<Record<string, string>> = {
  'etc/hostname': 'guest\n',
  'etc/hosts': '127.0.0.1 localhost guest\n::1 localhost\n',
  'etc/resolv.conf': 'nameserver 127.0.0.1\n',
  'etc/machine-id': '',
  // Kept over a reset, or nobody could read afterwards what happened before.
  'etc/systemd/journald.conf.d/lab.conf': '[Journal]\nStorage=persistent\nRateLimitBurst=0\n',
  // Its agent would log each question, which takes an emulated processor longer than the answer.
  'etc/systemd/system/qemu-guest-agent.service.d/lab.conf': '[Service]\nLogLevelMax=notice\n',
  'etc/fstab':
    'checkout /usr/src/wan-failover 9p trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 0 0\n',
}

openFolder()
await makeDebianTree({ folder: guestTree, suite, packages })
await keepNpmPackages(guestTree)
const units = [...masked, ...maskedTimers.map((name) => `${name}.timer`)]
const recipe = [
  readFileSync(`${guestTree}.made-of`),
  diskSize,
  ...units,
  JSON.stringify(files),
  starterScript,
]
const lock = readFileSync(join(checkout, 'package-lock.json'))
await once(diskMark, [...recipe, lock].join('\n'), makeDisk)

async function makeDisk(): Promise<void> {
  mkdirSync(join(guestTree, 'usr/src/wan-failover'), { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    const file = join(guestTree, name)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
  }
  for (const unit of units) {
    const link = join(guestTree, 'etc/systemd/system', unit)
    rmSync(link, { force: true })
    symlinkSync('/dev/null', link)
  }
  await makeStarter()
  rmSync(disk, { force: true })
  await execute('mke2fs', ['-q', '-t', 'ext4', '-d', guestTree, disk, diskSize], {
    timeout: diskMs,
  })
}
