import {
  type ByFamily,
  byFamily,
  defaultDestination,
  type Family,
  families,
} from '../../model/address.ts'
import type { HostState, Rule } from '../../model/host.ts'
import { mainTable } from '../../model/host.ts'
import { markMask, ourProtocol, priorities, wanMark } from '../../model/marks.ts'
import { hasWay, type Uplink } from '../../model/uplink.ts'
import { asNetwork } from '../networks.ts'
import { leadsOwnUdp } from '../nft/chains/own-udp.ts'
import { mayUseAll, type TrafficClass, trafficClasses } from '../policies/traffic-classes.ts'
import { isLedElsewhere, rescuedQueries } from '../rescued-queries.ts'
import { tellingAddresses } from '../shared-addresses.ts'
import type { DesiredState, Wanted } from '../wanted.ts'
import { followerRows } from './followers.ts'
import { probeGuards } from './probe-guards.ts'
import { failClosed, lookup, probeRows } from './probe-rows.ts'
import { rideRows } from './ride-rows.ts'
import type { RuleRow as Row } from './rule-row.ts'

/** Our rules in the order the kernel walks them. */
export function desiredRules(wanted: Wanted): DesiredState['rules'] {
  const spoken = wanted.host.ipv6 ? families : (['ipv4'] as const)
  const rows = ruleRows(wanted)
  return spoken
    .flatMap((family) =>
      rows.filter((row) => (row.family ?? family) === family).map((row) => asRule(row, family)),
    )
    .sort((a, b) => a.priority - b.priority)
}

/** By family and priority, why our rules are there, for `plan`; of two the first one's. */
export function reasonsOfRules(wanted: Wanted): ByFamily<ReadonlyMap<number, string>> {
  const rows = ruleRows(wanted).toReversed()
  return byFamily((family) => {
    const own = rows.filter((row) => (row.family ?? family) === family)
    return new Map(own.map(({ priority, why }) => [priority, why]))
  })
}

function ruleRows(wanted: Wanted): Row[] {
  const { uplinks } = wanted
  return [
    ...followerRows(wanted),
    ...probeGuards(wanted),
    ...uplinks.flatMap(probeRows),
    ...rideRows(wanted),
    ...nearbyRows,
    ...rescuedRows(wanted),
    {
      priority: priorities.mainWithoutDefault,
      selector: {},
      action: { kind: 'lookup', table: mainTable, suppressPrefixLength: 0 },
      why: 'what main knows better than a default always wins: LAN, Docker, Supervisor, VPNs',
    },
    ...uplinks.flatMap(pinRows),
    ...markedClasses(wanted).flatMap((one) => useRows(one, uplinks)),
    ...uplinks.flatMap((uplink) => addressRows(uplink, uplinks)),
    ...defaultPolicyRows(wanted),
  ]
}

/**
 * Such packets have no route of their own in most houses: they follow a default, which has to be
 * `main`'s, as without us. IPv6 needs no rule: the kernel keeps ff00::/8 of each link in table
 * `local`, which it asks before any of ours.
 */
const nearbyRows: readonly Row[] = [
  { priority: priorities.multicast, to: '224.0.0.0/4', who: 'everybody in a group' },
  { priority: priorities.broadcast, to: '255.255.255.255/32', who: 'everybody on the link' },
].map(({ priority, to, who }) => ({
  priority,
  selector: { to },
  action: { kind: 'lookup', table: mainTable, suppressPrefixLength: null },
  why: `what is for ${who} stays nearby: it isn't the Internet's`,
  family: 'ipv4',
}))

/**
 * What answers in place of a silent resolver does so by this WAN, yet `main` may lead elsewhere:
 * networkd has a route to each resolver by the line that told of it.
 */
function rescuedRows(wanted: Wanted): Row[] {
  const { answers } = rescuedQueries(wanted)
  if (answers.length === 0) return []
  const rows = answers.filter(isLedElsewhere(wanted)).map(({ family, address, uplink }) => ({
    priority: priorities.rescued(uplink.index),
    selector: {
      mark: { value: wanMark(uplink.index), mask: markMask },
      to: asNetwork(address),
    },
    action: lookup(uplink),
    why: `queries of clients that use ${uplink.name} reach the resolver that answers there`,
    family,
  }))
  // One address may answer in place of several.
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()]
}

function pinRows(uplink: Uplink): Row[] {
  return failClosed({
    priority: priorities.wanMark(uplink.index),
    selector: { mark: { value: wanMark(uplink.index), mask: markMask } },
    action: lookup(uplink),
    why: `pins replies and sticky flows to ${uplink.name}, whatever its health`,
  })
}

function markedClasses(wanted: Wanted): readonly TrafficClass[] {
  const { settings, decision, avoidedUses } = wanted
  const { all, rest } = trafficClasses(settings, decision, avoidedUses)
  const isThere = all.some(({ use }) => use === rest.use)
  return isThere || !leadsOwnUdp(wanted) ? all : [...all, rest]
}

/** Balanced traffic is marked with WANs instead; its rule is for what comes before the first mark. */
function useRows({ use, mark, wans, carriers }: TrafficClass, uplinks: readonly Uplink[]): Row[] {
  const selector = { mark: { value: mark, mask: markMask } }
  const list = wans.length === 0 ? 'none' : wans.join(', ')
  const closed: Row = {
    priority: priorities.use(use) + 1,
    selector,
    action: { kind: 'unreachable' },
    why: `policies that may use ${list} only: they fail rather than leak to another WAN`,
  }
  const end = mayUseAll(wans, uplinks) ? [] : [closed]
  const leads = families.flatMap((family) => {
    const uplink = uplinks.find(({ name }) => name === carriers[family].wan)
    if (uplink === undefined) return []
    const why = `policies that use ${list}: ${uplink.name} now`
    return { priority: priorities.use(use), selector, action: lookup(uplink), why, family }
  })
  return [...leads, ...end]
}

/**
 * Only where the address is the WAN's own: of two rules with one selector the first would take the
 * packets of both WANs.
 */
function addressRows(uplink: Uplink, uplinks: readonly Uplink[]): Row[] {
  return families
    .filter((family) => isMeant(uplink, family))
    .flatMap((family) => tellingAddresses(uplink, uplinks, family))
    .map(({ family, address }) => ({
      priority: priorities.wanAddress(uplink.index),
      selector: { from: asNetwork(address) },
      action: lookup(uplink),
      why: `the host's replies go back by ${uplink.name}, where the question came in`,
      family,
    }))
}

function defaultPolicyRows(wanted: Wanted): Row[] {
  const { settings, uplinks, decision } = wanted
  const active = byFamily((family) => {
    const wan = decision.policies.get('default')?.[family].wan ?? null
    return uplinks.find(({ name }) => name === wan) ?? null
  })
  const row = families.flatMap((family) => {
    const uplink = active[family]
    return uplink === null ? [] : { ...defaultRow(uplink), family }
  })
  const own = families.flatMap((family) => ownRows(wanted, active[family], family))
  if (mayUseAll(settings.defaultPolicy.use, uplinks)) return [...own, ...row]
  const closed: Row = {
    priority: priorities.defaultPolicy + 1,
    selector: {},
    action: { kind: 'unreachable' },
    why: 'the default policy may not use every WAN: it fails rather than leak to another',
  }
  return [...own, ...row, closed]
}

function defaultRow(uplink: Uplink): Row {
  return {
    priority: priorities.defaultPolicy,
    selector: {},
    action: lookup(uplink),
    why: `the failover itself: what no policy matches uses ${uplink.name}`,
  }
}

/**
 * Where the default policy has no way out, this machine's own packets would fail before nft could
 * give them their policy's mark. They find a way by a WAN of theirs; nft drops what stays unmarked
 * and may not use it. The default policy's WAN comes before it, at a priority of its own: of equal
 * ones the kernel would take whichever was added first.
 */
function ownRows(
  { settings, uplinks, decision, host }: Wanted,
  active: Uplink | null,
  family: Family,
): Row[] {
  const wans = settings.policies
    .filter(({ from }) => from.some(({ kind }) => kind !== 'mac'))
    .flatMap(({ name }) => {
      const { wan = null, spread = [] } = decision.policies.get(name)?.[family] ?? {}
      return [wan, ...spread]
    })
  const open = mayUseAll(settings.defaultPolicy.use, uplinks)
  const selector = { incoming: 'lo' }
  const other = uplinks.find(
    (uplink) => uplink !== active && wans.includes(uplink.name) && isMeant(uplink, family),
  )
  const needed = open
    ? active !== null && !isMeant(active, family) && !hasDefault(host, family)
    : true
  if (!needed || other === undefined) return []
  const first: Row[] =
    active === null
      ? []
      : [{ ...defaultRow(active), priority: priorities.ownDefault, selector, family }]
  const why = `this machine's own packets find a way, until nft gives them the mark of their policy`
  const priority = priorities.ownOther
  return [...first, { priority, selector, action: lookup(other), why, family }]
}

/** By `main`: where no rule of ours says anything, it decides. */
function hasDefault({ routes }: HostState, family: Family): boolean {
  return routes.some(
    ({ table, destination }) => table === mainTable && destination === defaultDestination[family],
  )
}

/** IPv4 is always meant, though its gateway may not be learned yet. */
function isMeant(uplink: Uplink, family: Family): boolean {
  return family === 'ipv4' || hasWay(uplink, family)
}

function asRule({ priority, selector, action }: Row, family: Family): Rule {
  return {
    family,
    priority,
    protocol: ourProtocol,
    mark: null,
    incoming: null,
    from: null,
    to: null,
    ipProtocol: null,
    sourcePorts: null,
    other: null,
    ...selector,
    action,
  }
}
