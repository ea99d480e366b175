/**
 * Takes queries to a resolver that is silent to one that answers by the WAN which the asking client
 * uses. The packet's mark says which WAN that is: on its way in, before it is translated, each
 * packet gets it, so that the whole flow leaves there, even if the silent one is a neighbour. What
 * is translated has this machine's address as its source: on one subnet the other gateway would
 * answer the client straight, from an address that the client never asked.
 *
 * It must never touch our probes, nor our questions whether the resolver itself answers again.
 */
import { type Family, families } from '../../../model/address.ts'
import { markMask, wanMark } from '../../../model/marks.ts'
import type { PolicySettings } from '../../../model/settings/settings.ts'
import type { Uplink } from '../../../model/uplink.ts'
import {
  type Answer,
  type RescuedPolicy,
  type RescuedQueries,
  rescuedQueries,
} from '../../rescued-queries.ts'
import type { Wanted } from '../../wanted.ts'
import { withNamedSets } from '../named-sets.ts'
import { composed, type NftPart } from '../nft-part.ts'
import type { NftChain, NftRule, Target } from '../nft-table.ts'
import { chain, hex, isMarked, ownQuestions, protocolWord, setMark } from '../nft-words.ts'
import { rescueName } from '../standing-rescues.ts'
import { policyMatches, type Side, sourceConditions } from './policy-matches.ts'
import { sourceTranslation } from './translation-chains.ts'

export function rescueChains(wanted: Wanted): NftPart {
  const queries = rescuedQueries(wanted)
  if (queries.answers.length === 0) return {}
  return composed([
    sideChains('forwarded', wanted, queries),
    sideChains('own', wanted, queries),
    { chains: translations(queries.answers) },
    { chains: queries.answers.map((answer) => chain(rescueName(answer), null, [])) },
  ])
}

function sideChains(side: Side, { settings }: Wanted, { of, answers }: RescuedQueries): NftPart {
  const nameOf = (policy: string): Target => {
    const rescued = of.get(policy)
    return rescued === undefined ? null : policyName(side, rescued)
  }
  const target = ({ name }: PolicySettings) => nameOf(name)
  const name = `rescue_${side}`
  const matches = policyMatches(settings.policies, { side, target, name })
  const { sets, rules } = withNamedSets(matches.rules)
  const rest = nameOf('default')
  const devices = sourceConditions(settings.testFailover.devices, side)
  const chains = [...of.values()].flatMap((one) => policyChains(side, one, { answers, devices }))
  return {
    sets: [...sets, ...matches.maps],
    chains: [
      // Policies that use the same WANs share their chains.
      ...new Map(chains.map((one) => [one.name, one])).values(),
      chain(name, null, [...rules, ...(rest === null ? [] : [`goto ${rest}`])]),
      chain(`${name}_marks`, marksHook[side], [
        `${isMarked} accept`,
        ...(side === 'own' ? ownQuestions : []),
        ...families
          .filter((family) => answers.some((answer) => answer.family === family))
          .map((family) => `${queryTo(family, resolversOf(answers, family))} jump ${name}`),
      ]),
    ],
  }
}

/** Before the policies' own chains: what is marked here they leave alone. */
const marksHook = {
  forwarded: 'filter hook prerouting priority mangle',
  own: 'route hook output priority mangle - 1',
} as const

interface PolicyParts {
  readonly answers: readonly Answer[]
  /** Who is under test, as conditions. */
  readonly devices: ReturnType<typeof sourceConditions>
}

function policyChains(
  side: Side,
  rescued: RescuedPolicy,
  { answers, devices }: PolicyParts,
): NftChain[] {
  const { wans, tested } = rescued
  const own = wansChain(side, wans, answers)
  if (tested === null) return own
  const target = wansName(side, tested)
  const tests = devices.map((conditions): NftRule => ({ kind: 'match', conditions, target }))
  const rest = `goto ${wansName(side, wans)}`
  const chains = [...own, ...wansChain(side, tested, answers)]
  return [...chains, chain(policyName(side, rescued), null, [...tests, rest])]
}

/** Marks the queries that are answered by these WANs. */
function wansChain(side: Side, wans: Wans, answers: readonly Answer[]): NftChain[] {
  const rules = families.flatMap((family) => {
    const own = answers.filter((one) => one.family === family && one.uplink.name === wans[family])
    const [first] = own
    if (first === undefined) return []
    const { index } = first.uplink
    return `${isTo(family, resolversOf(own, family))} ${setMark(wanMark(index))} accept`
  })
  return [chain(wansName(side, wans), null, rules)]
}

function translations(answers: readonly Answer[]): NftChain[] {
  const destinations = answers.map(({ family, resolver, address, uplink }) => {
    const query = `${queryTo(family, [resolver])} ${hasMark(uplink)}`
    return `${query} dnat ${protocolWord(family)} to ${address}`
  })
  const sources = answers.map(({ family, resolver, address, uplink }) => {
    const asked = `ct original ${protocolWord(family)} daddr ${resolver}`
    const query = `${queryTo(family, [address])} ${asked} ${hasMark(uplink)}`
    return `${query} ${sourceTranslation(uplink, family)}`
  })
  return [
    // Behind those of others: who redirects all queries, to Pi-hole for one, means these too.
    chain('rescue_destinations', 'nat hook prerouting priority dstnat + 1', destinations),
    // nft has no word for this priority where packets leave.
    chain('rescue_own_destinations', 'nat hook output priority -99', [
      ...ownQuestions,
      ...destinations,
    ]),
    chain('rescue_sources', 'nat hook postrouting priority srcnat - 1', sources),
  ]
}

type Wans = RescuedPolicy['wans']

// Names of WANs have no dot, and none is called `none`: no two of these are the same.

function policyName(side: Side, { wans, tested }: RescuedPolicy): string {
  if (tested === null) return wansName(side, wans)
  return `${wansName(side, wans)}.tested.${textOf(tested)}`
}

function wansName(side: Side, wans: Wans): string {
  return `rescue_${side}.${textOf(wans)}`
}

function textOf(wans: Wans): string {
  return families.map((family) => wans[family] ?? 'none').join('.')
}

function resolversOf(answers: readonly Answer[], family: Family): string[] {
  const own = answers.filter((answer) => answer.family === family)
  return [...new Set(own.map(({ resolver }) => resolver))]
}

function queryTo(family: Family, resolvers: readonly string[]): string {
  return `${isTo(family, resolvers)} meta l4proto { tcp, udp } th dport ${dnsPort}`
}

function isTo(family: Family, resolvers: readonly string[]): string {
  const [only = ''] = resolvers
  const some = resolvers.length === 1 ? only : `{ ${resolvers.join(', ')} }`
  return `${protocolWord(family)} daddr ${some}`
}

function hasMark({ index }: Uplink): string {
  return `meta mark & ${hex(markMask)} == ${hex(wanMark(index))}`
}

const dnsPort = 53
