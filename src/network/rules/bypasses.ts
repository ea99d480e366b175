/**
 * Rules of other programs that stand before ours and lead packets out by a line whatever was
 * decided, as VPNs do with their own: those packets die with that line. Which there are, and
 * which of them can be followed. They are others': they must never be changed.
 */
import { type ByFamily, defaultDestination, type Family, families } from '../../model/address.ts'
import { type HostState, mainTable, type Route, type Rule } from '../../model/host.ts'
import { priorities, priorityRange, probeMark, probePorts } from '../../model/marks.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { leadsBy } from '../neighbours.ts'
import { asNetwork, contains, isWithin, prefixLengthOf } from '../networks.ts'
import { placesBefore } from './places-before.ts'
import { hasSelector, isOurRule } from './rule-operations.ts'

export interface Bypass {
  readonly rule: Rule
  /** The WAN that its table leads to now; null where `main` leads to none. */
  readonly wan: string | null
  readonly following: Following
}

export type Following =
  /** Rules of ours take its packets; these priorities are theirs, the last directly before it. */
  | { readonly kind: 'followed'; readonly places: readonly number[] }
  /** It chooses a WAN of its own, and that one works. */
  | { readonly kind: 'working' }
  /** Its packets stay with its line, for this reason. */
  | { readonly kind: 'impossible'; readonly reason: string }

export interface BypassQuestion {
  readonly settings: Settings
  readonly uplinks: readonly Uplink[]
  readonly host: HostState
  readonly down?: ByFamily<readonly string[]>
  /** How many priorities the rules that follow one need, by family. */
  readonly needed: ByFamily<number>
}

export function bypassesOf(question: BypassQuestion): readonly Bypass[] {
  return families.flatMap((family) => bypassesIn(question, family))
}

function bypassesIn(question: BypassQuestion, family: Family): Bypass[] {
  const { host, uplinks } = question
  const others = host.rules.filter((rule) => rule.family === family && !isOurRule(rule))
  const followed = new Set<Rule>()
  return others.flatMap((rule) => {
    const wan = wanBehind(rule, { host, uplinks })
    if (wan === undefined) return []
    const following = followingOf(rule, wan, { ...question, others, followed })
    if (following.kind === 'followed') followed.add(rule)
    return [{ rule, wan, following }]
  })
}

/** undefined: the rule leads packets past us to no line of ours. */
function wanBehind(
  rule: Rule,
  { host, uplinks }: Pick<BypassQuestion, 'host' | 'uplinks'>,
): string | null | undefined {
  const { family, priority, action } = rule
  // What is for everybody takes our probes too: that is seen where they go, and named there.
  if (priority >= priorities.defaultPolicy || !hasSelector(rule)) return undefined
  if (action.kind !== 'lookup' || action.suppressPrefixLength !== null) return undefined
  const { table } = action
  const isMain = table === mainTable
  const routes = host.routes.filter((route) => route.family === family && route.table === table)
  if (isMain && staysNear(rule, routes)) return undefined
  const [best] = routes
    .filter(
      ({ destination, type }) => destination === defaultDestination[family] && type === 'unicast',
    )
    .sort((a, b) => a.metric - b.metric)
  const uplink = uplinks.find((one) => best !== undefined && leadsBy(best, one))
  if (uplink !== undefined) return uplink.name
  // The line of `main` may be gone just now, and its default with it; or it has a new gateway.
  const links = best?.nextHops.map(({ link }) => link) ?? []
  const isOurs = best === undefined || uplinks.some(({ link }) => links.includes(link ?? ''))
  return isMain && isOurs ? null : undefined
}

/** Its packets never ask for the default route. */
function staysNear({ to }: Rule, routes: readonly Route[]): boolean {
  if (to === null) return false
  return routes.some(
    ({ destination }) => prefixLengthOf(destination) > 0 && isWithin(to, destination),
  )
}

interface Surroundings extends BypassQuestion {
  /** All rules of other programs, of the same family. */
  readonly others: readonly Rule[]
  /** Those of them whose packets go the same way as ours. */
  readonly followed: ReadonlySet<Rule>
}

function followingOf(rule: Rule, wan: string | null, around: Surroundings): Following {
  const { uplinks, down, needed } = around
  const impossible = (reason: string) => ({ kind: 'impossible', reason }) as const
  if (rule.other !== null) return impossible(`WAN Failover can't copy its "${rule.other}"`)
  if (rule.priority >= priorityRange.first) return impossible('it stands in the midst of our rules')
  if (mayTakeProbes(rule, around)) return impossible('it may take the probes of the WANs too')
  if (!isOfHost(rule, uplinks)) {
    return impossible("it isn't for this machine's packets alone, and theirs is another policy")
  }
  const isMain = rule.action.kind === 'lookup' && rule.action.table === mainTable
  if (!isMain && !(wan !== null && down?.[rule.family].includes(wan))) return { kind: 'working' }
  const { others, followed } = around
  // Where a packet that both mean goes the same way either way.
  const mayPass = (one: Rule) => followed.has(one) || areApart(one, rule)
  if (followed.size >= mostFollowed) return impossible('there are too many like it')
  const places = placesBefore(rule, needed[rule.family], { others, mayPass })
  if (places === null) return impossible('no priority is free directly before it')
  return { kind: 'followed', places }
}

/** As far as it can be told: a probe is this machine's, for a target, with a mark or a port of ours. */
export function mayTakeProbes(
  rule: Rule,
  { settings, uplinks }: Pick<BypassQuestion, 'settings' | 'uplinks'>,
): boolean {
  const { family, mark, incoming, from, to, sourcePorts, words = '' } = rule
  const marks = [0, ...uplinks.map(({ index }) => probeMark(index))]
  if (mark !== null && !marks.some((one) => (one & mark.mask) >>> 0 === mark.value)) return false
  if (incoming !== null && incoming !== 'lo') return false
  const targets = settings.probe.targets[family]
  if (to !== null && !targets.some((target) => contains(to, target))) return false
  const addresses = uplinks.flatMap(({ ways }) => ways[family].addresses)
  if (from !== null && !addresses.some(({ address }) => contains(from, address))) return false
  const ports = uplinks.map(({ index }) => probePorts(index))
  if (
    sourcePorts !== null &&
    !ports.some(({ first, last }) => first <= sourcePorts.last && sourcePorts.first <= last)
  ) {
    return false
  }
  // Root's programs are meant, or who can tell whose: this daemon is one of them.
  return !/\buidrange [1-9]/.test(words)
}

/** A mark is given by a program to its own packets, or by its firewall to those it stands for. */
function isOfHost({ mark, incoming, from, words = '' }: Rule, uplinks: readonly Uplink[]): boolean {
  if (incoming !== null) return incoming === 'lo'
  if (mark !== null || words.includes('uidrange ')) return true
  const addresses = uplinks.flatMap(({ ways }) => [...ways.ipv4.addresses, ...ways.ipv6.addresses])
  return addresses.some(({ address }) => from === asNetwork(address))
}

/** No packet is meant by both. */
function areApart(one: Rule, other: Rule): boolean {
  if (one.other !== null) return false
  if (one.mark !== null && other.mark !== null) {
    const shared = one.mark.mask & other.mark.mask
    if (((one.mark.value ^ other.mark.value) & shared) !== 0) return true
  }
  return one.incoming !== null && other.incoming !== null && one.incoming !== other.incoming
}

/** In a family. A VPN has one or two; each costs every packet a few rules more. */
const mostFollowed = 32
