/**
 * On which WAN a resolver hangs: with which line it dies, whatever the policies say. What `main`
 * knows better than by a default route wins over them.
 */
import ipaddr from 'ipaddr.js'
import { familyOf } from '../model/address.ts'
import { mainTable } from '../model/host.ts'
import { gatewayOf } from '../model/uplink.ts'
import { leadsBy, type Surroundings } from './neighbours.ts'
import { prefixLengthOf } from './networks.ts'
import { bestRoute } from './routes/route-walk.ts'

export type ResolverPlace =
  /** On this machine. */
  | { readonly kind: 'own' }
  /** The router of this WAN. */
  | { readonly kind: 'router'; readonly wan: string }
  /** A route of `main` leads there by this WAN alone. */
  | { readonly kind: 'pinned'; readonly wan: string; readonly destination: string }
  /** In the neighbourhood, and no WAN's router. */
  | { readonly kind: 'neighbour' }
  /** Out there, by whichever WAN carries this machine's traffic. */
  | { readonly kind: 'internet' }

/** The address may have its link behind it, as in `fe80::1%eth0`. */
export function placeOf(resolver: string, { host, uplinks }: Surroundings): ResolverPlace {
  const [address = '', link] = resolver.split('%')
  const family = familyOf(address)
  const range = ipaddr.parse(address).range()
  if (range === 'loopback' || host.addresses.some((own) => own.address === address)) {
    return { kind: 'own' }
  }
  const router = uplinks.find(
    (uplink) =>
      gatewayOf(uplink, family) === address && (link === undefined || link === uplink.link),
  )
  if (router !== undefined) return { kind: 'router', wan: router.name }
  if (range === 'linkLocal') return { kind: 'neighbour' }
  // As the rule `main` without its default finds it.
  const better = host.routes.filter(
    ({ type, destination }) => type === 'unicast' && prefixLengthOf(destination) > 0,
  )
  const route = bestRoute(better, mainTable, { family, target: address })
  if (route === null) return { kind: 'internet' }
  const carrier = uplinks.find((uplink) => {
    // The far end of a line without a gateway, as PPPoE names it.
    const { hop } = uplink.ways[family]
    const isFarEnd =
      hop?.kind === 'link' && route.nextHops.some((next) => next.link === uplink.link)
    return isFarEnd || leadsBy(route, uplink)
  })
  if (carrier === undefined) return { kind: 'neighbour' }
  return { kind: 'pinned', wan: carrier.name, destination: route.destination }
}
