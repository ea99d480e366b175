/** The gateways that DHCP servers have named, from the leases that this host's clients keep. */
import { readdir, readFile } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import type { Link } from '../../model/host.ts'
import type { KnownGateway } from '../../model/line-search.ts'

/** Those of networkd, NetworkManager and dhclient, as far as they can be read. */
export async function leasedGateways(links: readonly Link[], root = '/'): Promise<KnownGateway[]> {
  const found = await Promise.all([
    ...links.map(async ({ name, index }) => {
      const text = await read(`${root}run/systemd/netif/leases/${index}`)
      return known(name, /^ROUTER=(.*)$/gm, text)
    }),
    ...(await filesIn(`${root}var/lib/NetworkManager`)).map(async (path) => {
      // As internal-2f0c5c4e-…-eth0.lease: behind the UUID stands the link.
      const name = /\/internal-[\da-f-]{36}-(.+)\.lease$/.exec(path)?.[1]
      return name === undefined ? [] : known(name, /^ROUTER=(.*)$/gm, await read(path))
    }),
    ...(await filesIn(`${root}var/lib/dhcp`)).map(async (path) => ofDhclient(await read(path))),
  ])
  const there = new Set(links.map(({ name }) => name))
  return found.flat().filter(({ link }) => there.has(link))
}

/** A file of blocks, the newest last. */
function ofDhclient(text: string): KnownGateway[] {
  const blocks = text.split(/^lease \{/m).slice(1)
  const newest = new Map<string, KnownGateway[]>()
  for (const block of blocks) {
    const name = /^\s*interface "(.+)";/m.exec(block)?.[1]
    if (name !== undefined) newest.set(name, known(name, /^\s*option routers (.*);/gm, block))
  }
  return [...newest.values()].flat()
}

function known(link: string, pattern: RegExp, text: string): KnownGateway[] {
  const lists = [...text.matchAll(pattern)].map(([, list = '']) => list)
  const addresses = lists.flatMap((list) => list.split(/[\s,]+/)).filter((one) => isIPv4(one))
  return addresses.map((address) => ({ link, address, foundBy: 'dhcp' }))
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.lease') || name.endsWith('.leases'))
    .map((name) => `${folder}/${name}`)
}

/** Not there, or not for us: then it names none. */
function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
