/**
 * Whom each policy matches, as rules and maps of nft, first match wins. Neighbouring policies that
 * name nothing but addresses, or nothing but MACs, become one map: a thousand devices cost one
 * lookup. It must never know what becomes of the packets: the caller says where they go.
 */
import { families } from '../../../model/address.ts'
import type { Matcher, PolicySettings } from '../../../model/settings/settings.ts'
import { type AddressRange, firstWins, rangeOf, rangeText } from '../address-ranges.ts'
import { matchFields } from '../match-fields.ts'
import { contentName } from '../named-sets.ts'
import type { Condition, MatchRule, NftRule, Target, VerdictMap } from '../nft-table.ts'
import { protocolWord } from '../nft-words.ts'
import { elementsText } from '../print-table.ts'

/** Packets of others that pass through, or this machine's own. */
export type Side = 'forwarded' | 'own'

export interface Matches {
  readonly maps: readonly VerdictMap[]
  /** In the order they have to be tried. */
  readonly rules: readonly NftRule[]
}

export interface MatchQuestion {
  readonly side: Side
  /** Where the packets of a policy go. */
  readonly target: (policy: PolicySettings) => Target
  /** What the maps' names begin with; left out: the side. */
  readonly name?: string
  /** The packets that come back to whom the policies match; a MAC says nothing about those. */
  readonly returning?: boolean
}

export function policyMatches(
  policies: readonly PolicySettings[],
  { side, target, name: prefix = side, returning = false }: MatchQuestion,
): Matches {
  const maps: VerdictMap[] = []
  const rules: NftRule[] = []
  for (const run of runsOf(returning ? policies.map(withoutMacs) : policies, side)) {
    if (run.kind === 'conditions') {
      const [policy] = run.policies
      if (policy !== undefined) rules.push(...conditionRules(policy, side, target(policy)))
      continue
    }
    const name = `${prefix}_${rules.length}`
    const built =
      run.kind === 'mac'
        ? macMap(run.policies, { name, target })
        : addressMaps(run.policies, { name, target })
    maps.push(...built.maps)
    rules.push(...built.rules)
  }
  return { maps, rules: returning ? rules.map(reversed) : rules }
}

function withoutMacs(policy: PolicySettings): PolicySettings {
  return { ...policy, from: policy.from.filter(({ kind }) => kind !== 'mac') }
}

/** Source and destination change places. Words name no end: a MAC's rule is not among these. */
function reversed(rule: NftRule): NftRule {
  if (typeof rule === 'string') return rule
  if (rule.kind === 'map') return { ...rule, field: matchFields[rule.field].opposite }
  const conditions = rule.conditions.map((condition) =>
    condition.kind === 'words'
      ? condition
      : { ...condition, field: matchFields[condition.field].opposite },
  )
  return { ...rule, conditions }
}

/** All have to be met; none: everybody meets them. */
type Conditions = readonly Condition[]

/** Whom a list of matchers holds: who meets one of the lists of conditions. */
export function sourceConditions(matchers: readonly Matcher[], side: Side): Conditions[] {
  if (matchers.some(({ kind }) => kind === 'all' || (kind === 'host' && side === 'own')))
    return [[]]
  const addresses = addressConditions(cidrsOf(matchers), 'saddr')
  const macs = side === 'own' ? [] : macsOf(matchers)
  if (macs.length === 0) return addresses
  return [...addresses, [{ kind: 'words', words: `${senderMac} { ${macs.join(', ')} }` }]]
}

interface Run {
  readonly kind: 'address' | 'mac' | 'conditions'
  readonly policies: PolicySettings[]
}

function runsOf(policies: readonly PolicySettings[], side: Side): readonly Run[] {
  const runs: Run[] = []
  for (const policy of policies) {
    const kind = kindOf(policy, side)
    const last = runs.at(-1)
    if (kind === null) continue
    if (kind !== 'conditions' && last?.kind === kind) last.policies.push(policy)
    else runs.push({ kind, policies: [policy] })
  }
  return runs
}

/** null: nobody on this side is meant. */
function kindOf({ from, to, protocol, ports }: PolicySettings, side: Side): Run['kind'] | null {
  const kinds = new Set(from.map(({ kind }) => kind))
  kinds.delete(side === 'own' ? 'mac' : 'host')
  if (kinds.size === 0) return null
  const plain = to.length === 0 && protocol === 'any' && ports.length === 0 && kinds.size === 1
  if (plain && kinds.has('address')) return 'address'
  return plain && kinds.has('mac') ? 'mac' : 'conditions'
}

type MapQuestion = Required<Pick<MatchQuestion, 'name' | 'target'>>

function addressMaps(policies: readonly PolicySettings[], question: MapQuestion): Matches {
  const { name, target } = question
  const ranges = policies.flatMap((policy) =>
    cidrsOf(policy.from).map((cidr) => rangeOf(cidr, target(policy))),
  )
  const maps: VerdictMap[] = []
  const rules: NftRule[] = []
  for (const family of families) {
    const own = firstWins(ranges.filter((range) => range.family === family))
    if (own.length === 0) continue
    const elements = own.map((range) => ({ key: rangeText(range), target: range.value }))
    const named = contentName(`${name}_${family}`, elementsText(elements))
    maps.push({ kind: 'map', name: named, keyType: `${family}_addr`, elements })
    rules.push({ kind: 'map', field: `${protocolWord(family)} saddr`, map: named })
  }
  return { maps, rules }
}

function macMap(policies: readonly PolicySettings[], question: MapQuestion): Matches {
  const { name, target } = question
  const targets = new Map<string, Target>()
  for (const policy of policies) {
    for (const mac of macsOf(policy.from)) {
      if (!targets.has(mac)) targets.set(mac, target(policy))
    }
  }
  const elements = [...targets].map(([mac, goal]) => ({ key: mac, target: goal }))
  const named = contentName(`${name}_mac`, elementsText(elements))
  return {
    maps: [{ kind: 'map', name: named, keyType: 'ether_addr', elements }],
    rules: [`${senderMac} vmap @${named}`],
  }
}

const senderMac = 'iiftype ether ether saddr'

function conditionRules(policy: PolicySettings, side: Side, target: Target): MatchRule[] {
  const transport = transportConditions(policy)
  const destinations = policy.to.length === 0 ? [[]] : addressConditions(policy.to, 'daddr')
  return sourceConditions(policy.from, side).flatMap((source) =>
    destinations
      .map((destination) => [...source, ...destination])
      .filter(ofOneFamily)
      .map((ends) => ({ kind: 'match', conditions: [...ends, ...transport], target })),
  )
}

/** One for each family that any of them is of. */
function addressConditions(cidrs: readonly string[], end: 'saddr' | 'daddr'): Conditions[] {
  const ranges: readonly AddressRange<null>[] = cidrs.map((cidr) => rangeOf(cidr, null))
  return families.flatMap((family) => {
    const own = ranges.filter((range) => range.family === family)
    if (own.length === 0) return []
    const elements = firstWins(own).map(rangeText)
    return [[{ kind: 'in', field: `${protocolWord(family)} ${end}`, elements }]]
  })
}

/** An IPv4 source never has an IPv6 target. */
function ofOneFamily(conditions: Conditions): boolean {
  const named = conditions.flatMap((condition) =>
    condition.kind === 'words' ? [] : (matchFields[condition.field].family ?? []),
  )
  return new Set(named).size <= 1
}

function transportConditions({ protocol, ports }: PolicySettings): Conditions {
  if (protocol === 'any') return []
  if (protocol === 'icmp') return [{ kind: 'words', words: 'meta l4proto { icmp, ipv6-icmp }' }]
  if (ports.length === 0) return [{ kind: 'words', words: `meta l4proto ${protocol}` }]
  const ranges = firstWins(
    ports.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last), value: null })),
  )
  const texts = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return [{ kind: 'in', field: `${protocol} dport`, elements: texts }]
}

function cidrsOf(matchers: readonly Matcher[]): string[] {
  return matchers.flatMap((matcher) => (matcher.kind === 'address' ? [matcher.cidr] : []))
}

function macsOf(matchers: readonly Matcher[]): string[] {
  return [...new Set(matchers.flatMap((matcher) => (matcher.kind === 'mac' ? [matcher.mac] : [])))]
}
