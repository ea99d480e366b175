/**
 * Whom each policy matches, in nft's words, first match wins. Neighbouring policies that name
 * nothing but addresses, or nothing but MACs, become one map: a thousand devices cost one lookup.
 */
import type { Family } from '../../../model/address.ts'
import type { Matcher, PolicySettings } from '../../../model/settings.ts'
import { type AddressRange, firstWins, rangeOf, rangeText } from '../address-ranges.ts'
import { contentName } from '../named-sets.ts'
import { protocolWord } from '../nft-words.ts'

/** Packets of others that pass through, or this machine's own. */
export type Side = 'forwarded' | 'own'

export interface Matches {
  /** Definitions of named maps. */
  readonly maps: readonly string[]
  /** In the order they have to be tried. */
  readonly rules: readonly string[]
}

export interface MatchQuestion {
  readonly side: Side
  /** What is done with the packets of a policy, as `goto use_3`. */
  readonly verdict: (policy: PolicySettings) => string
  /** What the maps' names begin with; left out: the side. */
  readonly name?: string
  /** The packets that come back to whom the policies match; a MAC says nothing about those. */
  readonly returning?: boolean
}

export function policyMatches(
  policies: readonly PolicySettings[],
  { side, verdict, name: prefix = side, returning = false }: MatchQuestion,
): Matches {
  const maps: string[] = []
  const rules: string[] = []
  for (const run of runsOf(returning ? policies.map(withoutMacs) : policies, side)) {
    if (run.kind === 'conditions') {
      const [policy] = run.policies
      if (policy !== undefined) rules.push(...conditionRules(policy, side, verdict(policy)))
      continue
    }
    const name = `${prefix}_${rules.length}`
    const built =
      run.kind === 'mac'
        ? macMap(run.policies, { name, verdict })
        : addressMaps(run.policies, { name, verdict })
    maps.push(...built.maps)
    rules.push(...built.rules)
  }
  return { maps, rules: returning ? rules.map(reversed) : rules }
}

function withoutMacs(policy: PolicySettings): PolicySettings {
  return { ...policy, from: policy.from.filter(({ kind }) => kind !== 'mac') }
}

/** Source and destination change places. */
function reversed(rule: string): string {
  return rule.replaceAll(/\b(saddr|daddr|dport)\b/g, (word) => opposites[word] ?? word)
}

const opposites: Readonly<Record<string, string>> = {
  saddr: 'daddr',
  daddr: 'saddr',
  dport: 'sport',
}

/** Whom a list of matchers holds, as nft conditions: each one alone is enough. */
export function sourceConditions(matchers: readonly Matcher[], side: Side): string[] {
  if (matchers.some(({ kind }) => kind === 'all' || (kind === 'host' && side === 'own')))
    return ['']
  const macs = side === 'own' ? [] : macsOf(matchers)
  return [
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => {
      const set = setOf(cidrsOf(matchers), family)
      return set === null ? [] : [`${protocolWord(family)} saddr ${set}`]
    }),
    ...(macs.length === 0 ? [] : [`iiftype ether ether saddr { ${macs.join(', ')} }`]),
  ]
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

interface MapQuestion {
  readonly name: string
  readonly verdict: (policy: PolicySettings) => string
}

function addressMaps(policies: readonly PolicySettings[], question: MapQuestion): Matches {
  const { name, verdict } = question
  const ranges = policies.flatMap((policy) =>
    cidrsOf(policy.from).map((cidr) => rangeOf(cidr, verdict(policy))),
  )
  const maps: string[] = []
  const rules: string[] = []
  for (const family of ['ipv4', 'ipv6'] as const) {
    const own = firstWins(ranges.filter((range) => range.family === family))
    if (own.length === 0) continue
    const elements = own.map((range) => `${rangeText(range)} : ${range.value}`)
    const type = `${family}_addr : verdict; flags interval;`
    const content = elements.join(', ')
    const named = contentName(`${name}_${family}`, content)
    maps.push(`map ${named} { type ${type} elements = { ${content} }; }`)
    rules.push(`${protocolWord(family)} saddr vmap @${named}`)
  }
  return { maps, rules }
}

function macMap(policies: readonly PolicySettings[], question: MapQuestion): Matches {
  const { name, verdict } = question
  const verdicts = new Map<string, string>()
  for (const policy of policies) {
    for (const mac of macsOf(policy.from)) {
      if (!verdicts.has(mac)) verdicts.set(mac, verdict(policy))
    }
  }
  const content = [...verdicts].map(([mac, action]) => `${mac} : ${action}`).join(', ')
  const named = contentName(`${name}_mac`, content)
  return {
    maps: [`map ${named} { type ether_addr : verdict; elements = { ${content} }; }`],
    rules: [`iiftype ether ether saddr vmap @${named}`],
  }
}

function conditionRules(policy: PolicySettings, side: Side, verdict: string): string[] {
  const transport = transportCondition(policy)
  const targets = targetConditions(policy.to)
  return sourceConditions(policy.from, side).flatMap((source) =>
    targets
      .filter((target) => agree(source, target))
      .map((target) => [source, target, transport, verdict].filter(isSaid).join(' ')),
  )
}

function targetConditions(to: readonly string[]): string[] {
  if (to.length === 0) return ['']
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const set = setOf(to, family)
    return set === null ? [] : [`${protocolWord(family)} daddr ${set}`]
  })
}

/** An IPv4 source never has an IPv6 target. */
function agree(source: string, target: string): boolean {
  const families = [source, target].map((text) => /^ip6? /.exec(text)?.[0])
  return families.includes(undefined) || families[0] === families[1]
}

function transportCondition({ protocol, ports }: PolicySettings): string {
  if (protocol === 'any') return ''
  if (protocol === 'icmp') return 'meta l4proto { icmp, ipv6-icmp }'
  if (ports.length === 0) return `meta l4proto ${protocol}`
  const ranges = firstWins(
    ports.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last), value: null })),
  )
  const texts = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
  return `${protocol} dport { ${texts.join(', ')} }`
}

/** null where none is of this family. */
function setOf(cidrs: readonly string[], family: Family): string | null {
  const ranges: readonly AddressRange<null>[] = cidrs
    .map((cidr) => rangeOf(cidr, null))
    .filter((range) => range.family === family)
  if (ranges.length === 0) return null
  return `{ ${firstWins(ranges).map(rangeText).join(', ')} }`
}

function cidrsOf(matchers: readonly Matcher[]): string[] {
  return matchers.flatMap((matcher) => (matcher.kind === 'address' ? [matcher.cidr] : []))
}

function macsOf(matchers: readonly Matcher[]): string[] {
  return [...new Set(matchers.flatMap((matcher) => (matcher.kind === 'mac' ? [matcher.mac] : [])))]
}

function isSaid(text: string): boolean {
  return text !== ''
}
