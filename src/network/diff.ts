/**
 * The steps from what the kernel says now to what is desired. Whatever is not of our protocol is
 * never in the way: it is neither compared nor touched. The order keeps the host reachable: routes,
 * and the first nft table, before the rules that lead to them; a new rule before the old one goes.
 */
import type { DockerAccept, HostState, Route, Rule } from '../model/host.ts'
import { nftTable, ourProtocol, priorities, priorityRange } from '../model/marks.ts'
import type { Change } from './change.ts'
import type { DesiredState } from './wanted.ts'

/** What the kernel listed after a script of ours was applied; nft's text is not the script's. */
export interface AppliedNft {
  readonly script: string
  readonly listing: string
}

export function diff(
  desired: DesiredState,
  host: HostState,
  appliedNft: AppliedNft | null,
): readonly Change[] {
  const rules = new Map(host.rules.filter(isOurRule).map((rule) => [ruleKey(rule), rule]))
  const routes = new Map(host.routes.filter(isOurRoute).map((route) => [routePlace(route), route]))
  const wantedRules = new Set(desired.rules.map(ruleKey))
  const wantedPlaces = new Set(desired.routes.map(routePlace))
  const changes: Change[] = []
  const nft = desired.nft === null || nftStands(desired.nft, host, appliedNft) ? null : desired.nft
  // Clients are translated before anything leads them to a WAN; later a flip must not wait for nft.
  if (nft !== null && host.nft === null) changes.push({ kind: 'replace_nft', script: nft })
  for (const route of desired.routes) {
    const there = routes.get(routePlace(route))
    if (there === undefined || routeContent(there) !== routeContent(route)) {
      changes.push({ kind: 'replace_route', route })
    }
  }
  for (const rule of desired.rules) {
    if (!rules.has(ruleKey(rule))) changes.push({ kind: 'add_rule', rule })
  }
  for (const [key, rule] of [...rules].reverse()) {
    if (!wantedRules.has(key)) changes.push({ kind: 'delete_rule', rule })
  }
  if (nft !== null && host.nft !== null) changes.push({ kind: 'replace_nft', script: nft })
  // Chains of iptables are a process each to change: what leads anywhere comes first.
  changes.push(...acceptChanges(desired, host))
  for (const [place, route] of [...routes].reverse()) {
    if (!wantedPlaces.has(place)) changes.push({ kind: 'delete_route', route })
  }
  if (desired.nft === null && host.nft !== null) changes.push({ kind: 'delete_nft' })
  return changes
}

export function isOurRule(rule: Rule): boolean {
  const { first, last } = priorityRange
  return rule.protocol === ourProtocol && rule.priority >= first && rule.priority <= last
}

/**
 * The table that the default policy uses, as the kernel has it; null where nothing of ours is. Of
 * two rules that a crash in the middle of a flip has left, the second is the newer decision.
 */
export function activeTable(host: HostState): number | null {
  const rule = host.rules.findLast(
    (one) => isOurRule(one) && one.family === 'ipv4' && one.priority === priorities.defaultPolicy,
  )
  return rule?.action.kind === 'lookup' ? rule.action.table : null
}

export function isOurRoute(route: Route): boolean {
  return route.protocol === ourProtocol
}

/** Names the object of a change, whatever is to happen to it: what is lost comes back by it. */
export function changeKey(change: Change): string {
  switch (change.kind) {
    case 'add_rule':
    case 'delete_rule':
      return `rule ${ruleKey(change.rule)}`
    case 'replace_route':
    case 'delete_route':
      return `route ${routePlace(change.route)} ${routeContent(change.route)}`
    case 'replace_nft':
      return `nft ${change.script}`
    case 'delete_nft':
      return `nft table inet ${nftTable}`
    case 'add_accept':
    case 'delete_accept':
      return `accept ${acceptKey(change.accept)}`
  }
}

/** The change that takes a change back. */
export function inverse(change: Change, host: HostState): Change | null {
  switch (change.kind) {
    case 'add_rule':
      return { kind: 'delete_rule', rule: change.rule }
    case 'delete_rule':
      return { kind: 'add_rule', rule: change.rule }
    case 'replace_route': {
      const place = routePlace(change.route)
      const before = host.routes.find((route) => isOurRoute(route) && routePlace(route) === place)
      if (before !== undefined) return { kind: 'replace_route', route: before }
      return { kind: 'delete_route', route: change.route }
    }
    case 'delete_route':
      return { kind: 'replace_route', route: change.route }
    case 'replace_nft':
      return host.nft === null ? { kind: 'delete_nft' } : null
    case 'delete_nft':
      return null
    case 'add_accept':
      return { kind: 'delete_accept', accept: change.accept }
    case 'delete_accept':
      return { kind: 'add_accept', accept: change.accept }
  }
}

/** Of the same one twice, as two programs at once may leave it, one goes. */
function acceptChanges(desired: DesiredState, host: HostState): Change[] {
  const missing = new Map(desired.accepts.map((accept) => [acceptKey(accept), accept]))
  const surplus: DockerAccept[] = []
  for (const accept of host.docker?.accepts ?? []) {
    if (!missing.delete(acceptKey(accept))) surplus.push(accept)
  }
  return [
    ...[...missing.values()].map((accept) => ({ kind: 'add_accept', accept }) as const),
    ...surplus.map((accept) => ({ kind: 'delete_accept', accept }) as const),
  ]
}

function acceptKey({ family, words }: DockerAccept): string {
  return `${family} ${words}`
}

function nftStands(script: string, host: HostState, applied: AppliedNft | null): boolean {
  return host.nft !== null && applied?.script === script && applied.listing === host.nft
}

function ruleKey(rule: Rule): string {
  const { family, priority, mark, incoming, from, to, ipProtocol, sourcePorts, action } = rule
  const selectors = { mark, incoming, from, to, ipProtocol, sourcePorts, other: rule.other }
  return `${priority} ${family} ${JSON.stringify(selectors)} ${JSON.stringify(action)}`
}

/** The kernel holds one route a place. */
function routePlace({ family, table, destination, metric }: Route): string {
  return `${family} table ${table} ${destination} metric ${metric}`
}

function routeContent({ type, scope, source, mtu, nextHops }: Route): string {
  const hops = nextHops.map(({ gateway, link, weight, onlink }) => [gateway, link, weight, onlink])
  return JSON.stringify({ type, scope, source, mtu, hops })
}
