/** Others' rules and routes that take our packets before us or everybody's behind us. */
import { defaultDestination, type Family, families } from '../model/address.ts'
import type { HostState, Route, RouteAnswer, Rule } from '../model/host.ts'
import { kernelProtocol, mainTable } from '../model/host.ts'
import { ourProtocol, priorities } from '../model/marks.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { isOurRoute } from './routes/route-operations.ts'
import { type Packet, type Tables, walk } from './routes/route-walk.ts'
import { hasSelector, isOurRule } from './rules/rule-operations.ts'
import { describeRule } from './rules/rule-text.ts'

/** What stands without us. */
export function tablesOfOthers({ rules, routes }: Tables): Tables {
  return {
    rules: rules.filter((rule) => !isOurRule(rule)),
    routes: routes.filter((route) => !isOurRoute(route)),
  }
}

/** Routes of others in a table that is to be a WAN's: others must give it up before we use it. */
export function foreignRoutes(tables: readonly number[], host: HostState): readonly Route[] {
  return host.routes.filter(
    (route) => tables.includes(route.table) && route.protocol !== ourProtocol,
  )
}

/**
 * Why setting up anything would be wrong without the user's word: all traffic goes into a tunnel
 * of another program, or `main` stops it. One sentence each.
 */
export function reasonsToObserve(host: HostState): readonly string[] {
  return [...tunnelsBehind(host), ...halvesInMain(host), ...stopsInMain(host)]
}

/** Who takes a packet that was to leave by an uplink, as two halves of a sentence. */
export interface Taker {
  /** `the rule 5270 lookup 52 (a VPN's?) takes` */
  readonly rule: string
  /** `to tailscale0 (no gateway, table 52)` */
  readonly where: string
}

/** null where the kernel's answer names the uplink's table, and in it the uplink's own way. */
export function takerOf(
  uplink: Uplink,
  { answer, packet, host }: { answer: RouteAnswer; packet: Packet; host: HostState },
): Taker | null {
  const { nextHop, table } = answer
  if (nextHop === null) return null
  const ownWay = nextHop.gateway === null || nextHop.gateway === gatewayOf(uplink, packet.family)
  if (table === uplink.table && nextHop.link === uplink.link && ownWay) return null
  const { rule, route } = walk(host, packet)
  const where = `to ${nextHop.link} (${nextHop.gateway ?? 'no gateway'}, table ${table})`
  // A copy of what `main` knows better than a default may lead elsewhere than the WAN.
  if (table === uplink.table) {
    return { rule: `the route for ${route?.destination ?? packet.target} (a VPN's?) takes`, where }
  }
  if (rule === null || isOurRule(rule)) return { rule: 'something takes', where }
  return { rule: `the ${describeRule(rule)} (a VPN's?) takes`, where }
}

function tunnelsBehind(host: HostState): string[] {
  const found: string[] = []
  for (const rule of host.rules) {
    if (isOurRule(rule) || rule.priority < priorities.defaultPolicy) continue
    if (rule.action.kind !== 'lookup' || kernelTables.includes(rule.action.table)) continue
    if (rule.action.suppressPrefixLength !== null) continue
    const { table } = rule.action
    const link = everythingLeadsTo(table, rule.family, host)
    if (link === null || narrow(rule)) continue
    found.push(`the ${describeRule(rule)} sends everything into ${link} (a VPN such as wg-quick?)`)
  }
  return found
}

/** A rule for some packets only is no tunnel for all; wg-quick's is for all but its own mark. */
function narrow(rule: Rule): boolean {
  const negated = rule.other?.includes('not') === true
  return !negated && hasSelector(rule)
}

/** The link of the table's default, or of the two halves that stand for one. */
function everythingLeadsTo(table: number, family: Family, host: HostState): string | null {
  const everything = [defaultDestination[family], firstHalf[family]]
  const route = host.routes.find(
    (candidate) =>
      candidate.table === table &&
      candidate.family === family &&
      candidate.protocol !== ourProtocol &&
      everything.includes(candidate.destination),
  )
  return route?.nextHops[0]?.link ?? null
}

/** OpenVPN's way: two halves are better than any default, ours too, and the default may stay. */
function halvesInMain(host: HostState): string[] {
  const halves = host.routes.filter(
    ({ table, family, destination, protocol }) =>
      table === mainTable && destination === firstHalf[family] && protocol !== ourProtocol,
  )
  return halves.map(
    ({ destination, nextHops }) =>
      `main's route for ${destination} sends everything into ${nextHops[0]?.link ?? 'nowhere'} ` +
      '(a VPN such as OpenVPN?)',
  )
}

function stopsInMain(host: HostState): string[] {
  return families.flatMap((family) =>
    host.routes
      .filter(
        (route) =>
          route.table === mainTable &&
          route.family === family &&
          route.destination === defaultDestination[family] &&
          route.type !== 'unicast' &&
          route.protocol !== kernelProtocol,
      )
      .map(({ type }) => `main has a default route of type ${type}: nothing gets past it`),
  )
}

const firstHalf: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0/1', ipv6: '::/1' }
const kernelTables = [253, 254, 255]
