import ipaddr from 'ipaddr.js'
import { defaultDestination, familyOf } from '../../model/address.ts'
import type { HostState } from '../../model/host.ts'
import { gatewayOf, type Uplink } from '../../model/uplink.ts'

/** Somebody on a link of this host whom no options may put out of its reach. */
export interface NearPoint {
  /** Whom it stands for, in the user's words: they are lost together. */
  readonly group: string
  readonly address: string
  readonly link: string
  /** Where it listens; null: it is pinged. */
  readonly port: number | null
}

/**
 * The gateways of all tables and of the options, and the house's devices that have been heard of,
 * on each link by themselves. Public neighbours are a provider's, and none of ours.
 */
export function nearPoints(
  { routes, neighbours = [] }: HostState,
  uplinks: readonly Uplink[],
): readonly NearPoint[] {
  const known = routes
    .filter(({ destination }) => destination === defaultDestination.ipv4)
    .flatMap(({ nextHops }) => nextHops.map(({ gateway, link }) => ({ address: gateway, link })))
  const given = uplinks.map((uplink) => ({ address: gatewayOf(uplink, 'ipv4'), link: uplink.link }))
  const points = new Map<string, NearPoint>()
  for (const { address, link } of [...known, ...given].slice(0, mostGateways)) {
    if (address === null || link === null) continue
    points.set(`${link} ${address}`, { group: `the gateway ${address}`, address, link, port: null })
  }
  const counts = new Map<string, number>()
  for (const { address, link } of neighbours) {
    const key = `${link} ${address}`
    const count = counts.get(link) ?? 0
    if (points.has(key) || !isPrivate(address) || count >= mostOfLink) continue
    if (points.size >= mostPoints) break
    counts.set(link, count + 1)
    points.set(key, { group: `its neighbours on ${link}`, address, link, port: null })
  }
  return [...points.values()]
}

function isPrivate(address: string): boolean {
  return familyOf(address) === 'ipv4' && ipaddr.parse(address).range() === 'private'
}

const mostGateways = 24
/** Enough that one device which goes to sleep is not the whole link. */
const mostOfLink = 8
const mostPoints = 48
