/**
 * The steps from what the kernel says now to what is desired. Whatever is not of our protocol is
 * never in the way: it is neither compared nor touched. The order keeps the host reachable: routes,
 * and the first nft table, before the rules that lead to them; a new rule before the old one goes.
 */
import type { DockerAccept, HostState, Route, Rule } from '../../model/host.ts'
import { maxUses, nftTable, ourProtocol, priorities, priorityRange } from '../../model/marks.ts'
import { nftScripts } from '../nft/nft-scripts.ts'
import type { DesiredState } from '../wanted.ts'
import type { Change } from './change.ts'

/** What the kernel listed after a table of ours was applied; nft's text of it differs from ours. */
export interface AppliedNft {
  readonly table: string
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
  // Clients are translated before anything leads them to a WAN; later a flip must not wait for nft.
  const nft = nftChanges(desired, host, appliedNft)
  const surplus = [...rules].reverse().filter(([key]) => !wantedRules.has(key))
  const preceded = new Set(surplus.map(([, rule]) => rulePlace(rule)))
  const missing = desired.rules.filter((rule) => !rules.has(ruleKey(rule)))
  if (host.nft === null) changes.push(...nft)
  for (const route of desired.routes) {
    const there = routes.get(routePlace(route))
    if (there === undefined || routeContent(there) !== routeContent(route)) {
      changes.push({ kind: 'replace_route', route })
    }
  }
  const holdFirst = desired.holdFirst && host.nft !== null && desired.nft !== null
  if (holdFirst) {
    // A mark without its rule would go by the default; a rule that moves traffic waits.
    changes.push(...missing.filter((rule) => !preceded.has(rulePlace(rule))).map(addition), ...nft)
    changes.push(...missing.filter((rule) => preceded.has(rulePlace(rule))).map(addition))
  } else changes.push(...missing.map(addition))
  const succeeded = new Set(desired.rules.map(rulePlace))
  for (const [, rule] of surplus) {
    if (succeeded.has(rulePlace(rule)) || isForUnmarked(rule)) {
      changes.push({ kind: 'delete_rule', rule })
    }
  }
  if (host.nft !== null && desired.nft !== null && !holdFirst) changes.push(...nft)
  // Without a successor a rule goes only when nft gives its mark to nobody any more.
  for (const [, rule] of surplus) {
    if (!succeeded.has(rulePlace(rule)) && !isForUnmarked(rule)) {
      changes.push({ kind: 'delete_rule', rule })
    }
  }
  // Chains of iptables are a process each to change: what leads anywhere comes first.
  changes.push(...acceptChanges(desired, host))
  for (const [place, route] of [...routes].reverse()) {
    if (!wantedPlaces.has(place)) changes.push({ kind: 'delete_route', route })
  }
  if (desired.nft === null) changes.push(...nft)
  return changes
}

function addition(rule: Rule): Change {
  return { kind: 'add_rule', rule }
}

function nftChanges(
  { table, nft, quotasUsed }: DesiredState,
  host: HostState,
  applied: AppliedNft | null,
): readonly Change[] {
  if (table === null || nft === null) return host.nft === null ? [] : [{ kind: 'delete_nft' }]
  if (nftStands(nft, host, applied)) return []
  return [{ kind: 'replace_nft', ...nftScripts(table, host.nft, quotasUsed), table: nft }]
}

export function isOurRule(rule: Rule): boolean {
  const { first, last } = priorityRange
  return rule.protocol === ourProtocol && rule.priority >= first && rule.priority <= last
}

/** It leads traffic to a WAN that was decided on, by the default policy's rule or a policy's mark. */
export function isDecisionRule({ priority }: Rule): boolean {
  const marked = priority >= priorities.use(0) && priority < priorities.use(maxUses)
  return marked || (priority >= priorities.ownDefault && priority <= priorities.defaultPolicy)
}

/** The default policy's own: for packets that nft gives no mark. */
export function isForUnmarked({ priority }: Rule): boolean {
  return priority >= priorities.ownDefault && priority <= priorities.defaultPolicy + 1
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
      return `nft ${change.table}`
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

function nftStands(table: string, host: HostState, applied: AppliedNft | null): boolean {
  return host.nft !== null && applied?.table === table && applied.listing === host.nft
}

function ruleKey(rule: Rule): string {
  const { family, priority, mark, incoming, from, to, ipProtocol, sourcePorts, action } = rule
  const selectors = { mark, incoming, from, to, ipProtocol, sourcePorts, other: rule.other }
  return `${priority} ${family} ${JSON.stringify(selectors)} ${JSON.stringify(action)}`
}

/** Rules of one place take each other's: the new one stands before the old one goes. */
function rulePlace({ family, priority, incoming }: Rule): string {
  return `${family} ${priority} ${incoming}`
}

/** The kernel holds one route a place. */
function routePlace({ family, table, destination, metric }: Route): string {
  return `${family} table ${table} ${destination} metric ${metric}`
}

function routeContent({ type, scope, source, mtu, nextHops }: Route): string {
  const hops = nextHops.map(({ gateway, link, weight, onlink }) => [gateway, link, weight, onlink])
  return JSON.stringify({ type, scope, source, mtu, hops })
}
