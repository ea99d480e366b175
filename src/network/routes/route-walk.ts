/**
 * Which way a packet goes by rules and routes, as the kernel's policy routing decides it
 * (ip-rule(8), ip-route(8)): the rules in order, in each table the longest prefix and of those the
 * lowest metric. For `explain`, and to name the rule that takes our probes.
 */
import type { NextHop, Route, RouteQuestion, Rule } from '../../model/host.ts'
import { contains, prefixLengthOf } from '../networks.ts'

export interface Way {
  /** The rule that decided; null where none did and the packet is unreachable. */
  readonly rule: Rule | null
  readonly route: Route | null
  /** null: it goes nowhere. */
  readonly nextHop: NextHop | null
}

export interface Tables {
  readonly rules: readonly Rule[]
  readonly routes: readonly Route[]
}

export type Packet = RouteQuestion & { readonly ipProtocol?: 'tcp' | 'udp' | 'icmp' }

export function walk(tables: Tables, packet: Packet): Way {
  const rules = tables.rules
    .filter((rule) => rule.family === packet.family && matches(rule, packet))
    .sort((a, b) => a.priority - b.priority)
  for (const rule of rules) {
    if (rule.action.kind === 'other') continue
    if (rule.action.kind !== 'lookup') return { rule, route: null, nextHop: null }
    const { table, suppressPrefixLength } = rule.action
    const route = bestRoute(tables.routes, table, packet)
    if (route === null || route.type === 'throw') continue
    const suppressed =
      suppressPrefixLength !== null &&
      route.type === 'unicast' &&
      prefixLengthOf(route.destination) <= suppressPrefixLength
    if (suppressed) continue
    const hop = route.type === 'unicast' ? (route.nextHops[0] ?? null) : null
    return { rule, route, nextHop: hop }
  }
  return { rule: null, route: null, nextHop: null }
}

/** The longest prefix that has the target, and of those the lowest metric. */
export function bestRoute(
  routes: readonly Route[],
  table: number,
  packet: Pick<Packet, 'family' | 'target'>,
): Route | null {
  let best: Route | null = null
  for (const route of routes) {
    if (route.table !== table || route.family !== packet.family) continue
    if (!contains(route.destination, packet.target)) continue
    const better =
      best === null ||
      prefixLengthOf(route.destination) > prefixLengthOf(best.destination) ||
      (prefixLengthOf(route.destination) === prefixLengthOf(best.destination) &&
        route.metric < best.metric)
    if (better) best = route
  }
  return best
}

function matches(rule: Rule, packet: Packet): boolean {
  const markOk =
    rule.mark === null || ((packet.mark ?? 0) & rule.mark.mask) >>> 0 === rule.mark.value
  const incomingOk = rule.incoming === null || rule.incoming === (packet.incoming ?? 'lo')
  const fromOk =
    rule.from === null || (packet.from !== undefined && contains(rule.from, packet.from))
  const toOk = rule.to === null || contains(rule.to, packet.target)
  const protocolOk = rule.ipProtocol === null || rule.ipProtocol === packet.ipProtocol
  const portsOk =
    rule.sourcePorts === null ||
    (packet.sourcePort !== undefined &&
      packet.sourcePort >= rule.sourcePorts.first &&
      packet.sourcePort <= rule.sourcePorts.last)
  if (rule.words !== undefined) return false
  const allOk = markOk && incomingOk && fromOk && toOk && protocolOk && portsOk
  // Of wg-quick and NetBird: for all packets but those that the selectors mean.
  return rule.other === 'not' ? !allOk : allOk && rule.other === null
}
