/**
 * Which of the machine's tools a test needs. On a laptop a test without its tools is skipped and
 * says why; in CI a missing tool is a failure, or whole areas would silently go untested.
 */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const debianPackages = {
  apparmor_parser: 'apparmor',
  conntrack: 'conntrack',
  ip: 'iproute2',
  iptables: 'iptables',
  keepalived: 'keepalived',
  mke2fs: 'e2fsprogs',
  mosquitto: 'mosquitto',
  nft: 'nftables',
  nsenter: 'util-linux',
  ping: 'iputils-ping',
  setpriv: 'util-linux',
  strace: 'strace',
  tcpdump: 'tcpdump',
  unshare: 'util-linux',
  wg: 'wireguard-tools',
  'wg-quick': 'wireguard-tools',
  'wireguard-go': 'wireguard-go',
} as const

export type Tool = keyof typeof debianPackages

/** A device file that the process must be allowed to open: the lab's slow line needs it. */
export const tunDevice = '/dev/net/tun'
/** Another one, by which a file is mounted as a disk. */
export const loopDevice = '/dev/loop-control'

const devices: readonly string[] = [tunDevice, loopDevice]
type Device = typeof tunDevice | typeof loopDevice

/**
 * For the `skip` option of node:test: false where everything is there, else the reason. Throws
 * with `CI=true` in the environment.
 */
export function skipWithout(...needed: readonly (Tool | Device)[]): string | false {
  const missing = needed.filter((name) => !isThere(name))
  if (missing.length === 0) return false
  const reason = `missing here: ${missing.map(describe).join(', ')}`
  const { CI: ci } = process.env
  if (ci === 'true') throw new Error(`${reason}. In CI that is a failure, not a skip.`)
  return reason
}

/** Then nobody needs wireguard-go. A module that isn't loaded yet doesn't count. */
export function hasKernelWireguard(): boolean {
  return existsSync('/sys/module/wireguard')
}

function isThere(name: Tool | Device): boolean {
  if (isDevice(name)) return isPermitted(name, constants.R_OK | constants.W_OK)
  if (name === 'wireguard-go' && hasKernelWireguard()) return true
  // A normal user's PATH often lacks the folders where Debian puts administration tools.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && isPermitted(join(folder, name), constants.X_OK))
}

function isDevice(name: Tool | Device): name is Device {
  return devices.includes(name)
}

function isPermitted(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    // Absent and forbidden are the same to a test: it can't use the thing.
    return false
  }
}

function describe(name: Tool | Device): string {
  return isDevice(name) ? `${name} (or leave to open it)` : `${name} (${debianPackages[name]})`
}
