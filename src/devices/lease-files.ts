/**
 * The names that devices gave this host's own DHCP server, from its lease files. Pure, but for the
 * reading: what isn't there, or may not be read, names nobody.
 */
import { open, readdir } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { networkdLeases } from './networkd-leases.ts'

export interface Lease {
  readonly address: string
  readonly mac: string | null
  readonly name: string
}

export type LeaseFormat = 'dnsmasq' | 'kea' | 'isc' | 'networkd'

/** Where Debian, Home Assistant's DHCP add-ons and Pi-hole have them. */
export const leaseFiles: readonly { readonly path: string; readonly format: LeaseFormat }[] = [
  { path: '/var/lib/misc/dnsmasq.leases', format: 'dnsmasq' },
  { path: '/var/lib/dnsmasq/dnsmasq.leases', format: 'dnsmasq' },
  { path: '/etc/pihole/dhcp.leases', format: 'dnsmasq' },
  { path: '/var/lib/kea/kea-leases4.csv', format: 'kea' },
  { path: '/var/lib/dhcp/dhcpd.leases', format: 'isc' },
]

/** A file for each interface that systemd-networkd serves. */
const networkdFolders: readonly string[] = [
  '/var/lib/systemd/network/dhcp-server-lease',
  '/run/systemd/netif/dhcp-server-lease',
]

export async function readLeases(
  files: typeof leaseFiles = leaseFiles,
  folders = networkdFolders,
): Promise<Lease[]> {
  const served = (await Promise.all(folders.map(filesIn))).flat()
  const leases = [...files, ...served].map(async ({ path, format }) => {
    const text = await readBounded(path)
    return text === null ? [] : parseLeases(text, format)
  })
  return (await Promise.all(leases)).flat()
}

/** The newest of an address stands last in each format. */
export function parseLeases(text: string, format: LeaseFormat): Lease[] {
  switch (format) {
    case 'dnsmasq':
      return text.split('\n').flatMap(dnsmasqLease)
    case 'kea':
      return keaLeases(text)
    case 'networkd':
      return networkdLeases(text).flatMap(({ address, mac, name }) => lease(address, mac, name))
    case 'isc':
      return [...text.matchAll(iscLease)].flatMap(([, address = '', body = '']) => {
        const [, mac] = /hardware ethernet ([\da-f:]{17});/i.exec(body) ?? []
        const [, name] = /client-hostname "([^"]*)";/.exec(body) ?? []
        return lease(address, mac, name)
      })
  }
}

/** `1795255200 02:00:00:00:00:50 192.168.0.50 laptop 01:02:…`; of IPv6 the second is an IAID. */
function dnsmasqLease(line: string): Lease[] {
  const [, mac, address = '', name] = line.trim().split(/\s+/)
  return lease(address, mac, name)
}

/** Its first line names the columns; state 0 is a lease that holds. */
function keaLeases(text: string): Lease[] {
  const [head = '', ...lines] = text.split('\n')
  const columns = head.split(',')
  const at = (name: string) => columns.indexOf(name)
  return lines.flatMap((line) => {
    const fields = line.split(',')
    if (fields[at('state')] !== '0') return []
    return lease(fields[at('address')] ?? '', fields[at('hwaddr')], fields[at('hostname')])
  })
}

function lease(address: string, mac: string | undefined, name: string | undefined): Lease[] {
  if (isIP(address) === 0 || name === undefined || name === '' || name === '*') return []
  const isMac = mac !== undefined && /^([\da-f]{2}:){5}[\da-f]{2}$/i.test(mac)
  return [{ address, mac: isMac ? mac.toLowerCase() : null, name }]
}

async function filesIn(folder: string): Promise<typeof leaseFiles> {
  const names = await readdir(folder).catch(() => [])
  const files = names.slice(0, mostServed).map((name) => join(folder, name))
  return files.map((path) => ({ path, format: 'networkd' }))
}

/** null: there is no such file for us. */
export async function readBounded(path: string): Promise<string | null> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(longestBytes) })
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch {
    // Most hosts have none of these files, and names are a courtesy.
    return null
  }
}

/** dhcpd.conf(5), dhcpd.leases(5). */
const iscLease = /^lease (\S+) \{([^}]*)\}/gm
const mostServed = 32
/** Thousands of leases. */
const longestBytes = 512 * 1024
