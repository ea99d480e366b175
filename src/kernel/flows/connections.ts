/**
 * Forgets tracked connections that left unmasqueraded, so that their next packet meets the nat
 * rules again. It must never forget what stays in the house: only flows to places that `main` has
 * no route for but a default one.
 */

import ipaddr from 'ipaddr.js'
import { type Family, families, familyOf } from '../../model/address.ts'
import type { HostState } from '../../model/host.ts'
import { mainTable } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import { runTool } from '../tools/run-tool.ts'
import { deleteInBatch } from './delete-tracked.ts'

export interface ConnectionTools {
  readonly command: string
  readonly log: Log
  readonly host: Pick<HostState, 'addresses' | 'routes'>
}

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** One call of conntrack walks the whole table for each pair, so this bounds its time. */
const pairLimit = 1_000
const listTimeoutMs = 5_000

/** Multicast, broadcast, loopback, link-local: never by a WAN. */
const neverOutside: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
  ipv6: ['::1/128', 'fe80::/10', 'ff00::/8'],
}

export async function forgetUnmasqueraded(
  sources: readonly string[],
  tools: ConnectionTools,
): Promise<number> {
  let forgotten = 0
  for (const family of families) {
    const networks = sources.filter((source) => familyOf(source) === family).map(parseNetwork)
    if (networks.length > 0) forgotten += await forgetFamily(networks, { family, ...tools })
  }
  return forgotten
}

async function forgetFamily(
  sources: readonly Network[],
  { command, log, host, family }: ConnectionTools & { readonly family: Family },
): Promise<number> {
  const listing = await runTool(command, ['-L', '-f', family], { timeoutMs: listTimeoutMs })
  if (listing.kind !== 'done') {
    log.debug(`Listing tracked connections: ${listing.error}`)
    return 0
  }
  const inside = insideNetworks(host, family)
  const own = new Set(host.addresses.map(({ address }) => address))
  const pairs = unmasqueradedPairs(listing.output, { sources, inside, own })
  if (pairs.length === 0) return 0
  if (pairs.length > pairLimit) {
    log.warn(`${pairs.length} pairs of addresses have flows to forget; we forget ${pairLimit}`)
  }
  const filters = pairs
    .slice(0, pairLimit)
    .map(({ from, to }) => ['-f', family, '-s', from, '-d', to, '--reply-dst', from])
  const what = 'Forgetting tracked connections'
  return await deleteInBatch(filters, { conntrack: command, log, what })
}

interface Pair {
  readonly from: string
  readonly to: string
}

/** The question's direction and the answer's; nobody rewrote the source where both agree. */
const directions = /\bsrc=(\S+) dst=(\S+) .*?\bsrc=\S+ dst=(\S+)/

/** Each pair of addresses once, however many ports there are between them. */
function unmasqueradedPairs(
  listing: string,
  {
    sources,
    inside,
    own,
  }: {
    readonly sources: readonly Network[]
    readonly inside: readonly Network[]
    /** This host's own flows have the right address from the start. */
    readonly own: ReadonlySet<string>
  },
): readonly Pair[] {
  const pairs = new Map<string, Pair>()
  for (const line of listing.split('\n')) {
    const match = directions.exec(line)
    if (match === null) continue
    const [, from = '', to = '', repliesTo = ''] = match
    const key = `${from} ${to}`
    if (from !== repliesTo || own.has(from) || pairs.has(key)) continue
    if (!contains(sources, from) || contains(inside, to)) continue
    pairs.set(key, { from, to })
  }
  return [...pairs.values()]
}

/** What never leaves by a WAN: the host itself, and all that `main` knows better than a default. */
function insideNetworks(host: ConnectionTools['host'], family: Family): readonly Network[] {
  const addresses = host.addresses.filter((address) => address.family === family)
  const routes = host.routes.filter(
    (route) =>
      route.family === family && route.table === mainTable && !route.destination.endsWith('/0'),
  )
  return [
    ...neverOutside[family],
    ...addresses.map(({ address }) => address),
    ...routes.map(({ destination }) => destination),
  ].map(parseNetwork)
}

function parseNetwork(text: string): Network {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

function contains(networks: readonly Network[], text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  return networks.some(
    ([network, length]) => address.kind() === network.kind() && address.match(network, length),
  )
}
