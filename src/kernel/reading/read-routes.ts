/** Routes from what `ip -N -j route show table all` prints. */
import type { NextHop, Route, RouteType } from '../../model/host.ts'
import type { ReadContext, RouteEntry } from './ip-json.ts'
import { networkOf, readEntries, routeEntry } from './ip-json.ts'

const localTable = 255

/** RTN_ numbers of include/uapi/linux/rtnetlink.h. */
const multicast = 5
const types: Readonly<Record<number, RouteType>> = {
  1: 'unicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
}

const scopes: Readonly<Record<number, string>> = { 200: 'site', 253: 'link', 254: 'host' }

/** These make it another route than its destination says; we only know such routes as others'. */
const unmodelled = ['encap', 'from', 'tos', 'ttl-propagate']

export function readRoutes(entries: readonly unknown[], context: ReadContext): Route[] {
  return readEntries(entries, routeEntry, {
    log: context.log,
    convert: (entry) =>
      entry.table === localTable || entry.type === multicast || 'cache' in entry
        ? null
        : routeOf(entry, context),
  })
}

function routeOf(entry: RouteEntry, { family }: ReadContext): Route {
  const type = typeOf(entry)
  const forwards = type === 'unicast' || type === 'other'
  return {
    family,
    table: entry.table,
    destination: networkOf(entry.dst, family),
    type,
    protocol: entry.protocol,
    metric: entry.metric,
    scope: entry.scope === 0 ? null : (scopes[entry.scope] ?? String(entry.scope)),
    source: entry.prefsrc ?? null,
    mtu: entry.metrics?.find(({ mtu }) => mtu !== undefined)?.mtu ?? null,
    nextHops: forwards ? nextHopsOf(entry) : [],
  }
}

function typeOf(entry: RouteEntry): RouteType {
  const type = types[entry.type] ?? 'other'
  if (type !== 'unicast') return type
  if (unmodelled.some((key) => key in entry)) return 'other'
  // A nexthop object whose way isn't shown (nexthop_compat_mode off): nothing to copy.
  return nextHopsOf(entry).length === 0 ? 'other' : 'unicast'
}

function nextHopsOf(entry: RouteEntry): NextHop[] {
  const hops = entry.nexthops ?? [{ ...entry, weight: 1 }]
  return hops.flatMap((hop) =>
    hop.dev === undefined
      ? []
      : [
          {
            gateway: hop.gateway ?? hop.via?.host ?? null,
            link: hop.dev,
            weight: hop.weight,
            onlink: hop.flags.includes('onlink'),
          },
        ],
  )
}
