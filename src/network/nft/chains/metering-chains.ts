/**
 * Counts what goes over a WAN that costs money by the byte, the whole and each policy's part, and
 * holds its cap: once the month's bytes are used up, the kernel drops what leaves there, the daemon
 * alive or dead. It never drops our probes, and never classifies packets of other WANs again.
 *
 * What comes in is known by its link; on a link that WANs share, by the flow that it answers: what
 * a gateway gives straight to a client passes us by, and nobody counts it. Sizes are those of IP
 * packets as the kernel has them: where the NIC merged some, their headers count once (3 % or so).
 */

import type { Family } from '../../../model/address.ts'
import {
  copyMark,
  markMask,
  outerMark,
  probeMark,
  probePorts,
  wanMark,
} from '../../../model/marks.ts'
import { countedPolicies, isCounted } from '../../../model/settings/counted-wans.ts'
import { everyPolicy } from '../../../model/settings/every-policy.ts'
import type { PolicySettings, Settings } from '../../../model/settings/settings.ts'
import type { Uplink } from '../../../model/uplink.ts'
import type { CapWish, Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import { composed, type NftPart } from '../nft-part.ts'
import type { NftChain, NftObject, QuotasUsed, Target } from '../nft-table.ts'
import { chain, connectionMarkIs, hex, leaving } from '../nft-words.ts'
import { policyMatches, type Side } from './policy-matches.ts'

export type Direction = 'sent' | 'received'

/** The name of a counter of the WAN, or of what one policy has of it. */
export function counterName(direction: Direction, wan: string, policy?: string): string {
  return [direction, wan, ...(policy === undefined ? [] : [policy])].join('.')
}

/** The kernel refuses a quota, and the table with it, of which more is used than there is. */
export function quotasUsed({ metering }: Wanted): QuotasUsed {
  return new Map(
    metering?.caps.map((cap) => [quotaName(cap), Math.min(cap.usedBytes, cap.limitBytes)]),
  )
}

export function meteringChains(wanted: Wanted, near: Near): NftPart {
  const { settings, uplinks, metering } = wanted
  if (metering === undefined) return {}
  const counted = uplinks.filter(({ index }) => {
    const wan = settings.wans[index]
    return wan !== undefined && isCounted(wan)
  })
  if (counted.length === 0) return {}
  const parts = counted.map((uplink) => uplinkChains(uplink, wanted))
  return composed([...parts, { chains: baseChains(counted, wanted, near) }])
}

/** The base chains; behind all that may drop or translate a packet, as far as we can know. */
function baseChains(counted: readonly Uplink[], wanted: Wanted, near: Near): readonly NftChain[] {
  const arrivals = counted.map((uplink) => {
    const conditions = comingBy(uplink, wanted, near).map(({ condition }) => condition)
    return { uplink, conditions }
  })
  const into = (name: (wan: string) => string) =>
    arrivals.flatMap(({ uplink, conditions }) =>
      conditions.map((condition) => `${condition} jump ${name(uplink.name)}`),
    )
  const outOf = (side: Side) =>
    counted.flatMap((uplink) =>
      leaving(uplink).map(
        ({ family, condition }) =>
          `${condition} ${near.notTo[family]}${only[side]} jump ${sentName(side, uplink.name)}`,
      ),
    )
  const named = (side: Side) => into((wan) => receivedName(side, wan))
  return [
    chain('metered_in', 'filter hook prerouting priority mangle + 2', into(takenName)),
    chain('metered_in_own', 'filter hook input priority 20', named('own')),
    chain('metered_forwarded', 'filter hook forward priority 20', [
      ...named('forwarded'),
      ...outOf('forwarded'),
    ]),
    chain('metered_own', 'filter hook postrouting priority 20', outOf('own')),
  ]
}

/**
 * In output nft knows the link that a packet would have left by before it got its mark; its true
 * one is known where clients' packets leave too, and before any of them is translated.
 */
const only = { forwarded: '', own: ' fib saddr type local' } as const

/** What the Internet sends by this WAN, as far as it comes by us; not what neighbours say. */
export function comingBy(
  uplink: Uplink,
  { flows }: Pick<Wanted, 'flows'>,
  near: Near,
): { readonly family: Family; readonly condition: string }[] {
  const { link, index, sharesLink } = uplink
  if (link === null) return []
  if (sharesLink && flows?.canMark !== true) return []
  const answers = sharesLink ? ` ct direction reply ${connectionMarkIs(wanMark(index))}` : ''
  return leaving(uplink).map(({ family }) => {
    const outside = near.notFromBeside.get(uplink.name)?.[family]
    return { family, condition: `iifname "${link}" ${outside}${answers}` }
  })
}

function uplinkChains(uplink: Uplink, wanted: Wanted): NftPart {
  const { settings, metering } = wanted
  const { name } = uplink
  const cap = metering?.caps.find(({ wan }) => wan === name)
  const counted = countedPolicies(settings, name)
  const own = new Set(counted.map((policy) => policy.name))
  const spent = ({ name: policy, overCap }: Pick<PolicySettings, 'name' | 'overCap'>) =>
    own.has(policy) ? spendName(name, policy) : spendName(name, null, overCap)
  const taken = ({ name: policy }: PolicySettings) =>
    own.has(policy) ? takenName(name, policy) : null
  const sent = counter('sent', name)
  const quota = cap === undefined ? null : `quota name "${quotaName(cap)}"`
  const spend = (overCap: boolean) =>
    quota === null ? [sent] : [overCap ? quota : `${quota} drop`, sent]
  const sides = (['forwarded', 'own'] as const).map((side) =>
    sideChains(side, uplink, { wanted, spent, taken }),
  )
  return {
    objects: [
      ...counters(name),
      ...counted.flatMap((policy) => counters(name, policy.name)),
      ...(cap === undefined ? [] : [quotaOf(cap)]),
    ],
    sets: sides.flatMap(({ sets = [] }) => sets),
    chains: [
      chain(spendName(name, null, false), null, spend(false)),
      chain(spendName(name, null, true), null, spend(true)),
      chain(takenName(name), null, [counter('received', name), ...(quota === null ? [] : [quota])]),
      ...counted.flatMap(({ name: policy, overCap }) => [
        chain(spendName(name, policy), null, [...spend(overCap), counter('sent', name, policy)]),
        chain(takenName(name, policy), null, [counter('received', name, policy)]),
      ]),
      ...sides.flatMap(({ chains = [] }) => chains),
    ],
  }
}

interface SideQuestion {
  readonly wanted: Wanted
  /** Where a policy's packets go that leave, and those that come in. */
  readonly spent: (policy: PolicySettings) => Target
  readonly taken: (policy: PolicySettings) => Target
}

function sideChains(side: Side, uplink: Uplink, question: SideQuestion): NftPart {
  const { wanted, spent, taken } = question
  const { settings } = wanted
  const { name } = uplink
  const probes = side === 'own' ? [...probeRules(uplink), ...outerRules(uplink, settings)] : []
  const named = settings.policies.some(({ from }) => from.some(({ kind }) => kind === 'host'))
  if (side === 'own' && !named) {
    // No need to tell this machine from others: a thousand devices are planned once.
    const sent = [...probes, `goto ${sentName('forwarded', name)}`]
    const received = [`goto ${receivedName('forwarded', name)}`]
    return {
      chains: [
        chain(sentName(side, name), null, sent),
        chain(receivedName(side, name), null, received),
      ],
    }
  }
  const uses = settings.defaultPolicy.use.includes(name)
  const out = policyMatches(settings.policies, { side, target: spent, name: sentName(side, name) })
  const back = policyMatches(settings.policies, {
    side,
    target: taken,
    name: receivedName(side, name),
    returning: true,
  })
  const rest = uses ? spendName(name, 'default') : spendName(name, null, false)
  const restBack = uses ? [`goto ${takenName(name, 'default')}`] : []
  return {
    sets: [...out.maps, ...back.maps],
    chains: [
      chain(sentName(side, name), null, [...probes, ...out.rules, `goto ${rest}`]),
      chain(receivedName(side, name), null, [...back.rules, ...restBack]),
    ],
  }
}

/** They cost money too, but without them nobody would know how the WAN is. */
function probeRules({ name, index }: Uplink): string[] {
  const { first, last } = probePorts(index)
  const free = `goto ${spendName(name, null, true)}`
  return [
    `meta mark & ${hex(markMask)} == ${hex(probeMark(index))} ${free}`,
    `meta l4proto { tcp, udp } th sport ${first}-${last} ${free}`,
  ]
}

/** A tunnel is whose it carries: over the cap where one of these policies may go over it. */
function outerRules({ name, isTunnel }: Uplink, settings: Settings): string[] {
  if (isTunnel === true) return []
  const riding = settings.wans.filter(({ tunnel }) => tunnel?.over.includes(name) === true)
  const doubled = riding.filter(({ tunnel }) => tunnel?.mode === 'both')
  const spend = (mark: number, tunnels: Settings['wans']) => {
    const overCap = everyPolicy(settings).some(
      (policy) => policy.overCap && tunnels.some((tunnel) => policy.use.includes(tunnel.name)),
    )
    return `meta mark & ${hex(markMask)} == ${hex(mark)} goto ${spendName(name, null, overCap)}`
  }
  return [
    ...riding.map((tunnel) => spend(outerMark(tunnel.index), [tunnel])),
    // A copy's next hop is its line's gateway, as that of all that leaves there; its mark is another.
    ...(doubled.length === 0 ? [] : [spend(copyMark, doubled)]),
  ]
}

function counters(wan: string, policy?: string): readonly NftObject[] {
  return (['sent', 'received'] as const).map((direction) => ({
    kind: 'counter',
    name: counterName(direction, wan, policy),
  }))
}

function quotaOf(cap: CapWish): NftObject {
  return { kind: 'quota', name: quotaName(cap), overBytes: cap.limitBytes }
}

/** Counts the packet. */
function counter(direction: Direction, wan: string, policy?: string): string {
  return `counter name "${counterName(direction, wan, policy)}"`
}

/** Another month, or another limit, is another quota. */
function quotaName({ wan, month, limitBytes }: CapWish): string {
  return `cap.${wan}.${month}.${limitBytes}`
}

// Names of WANs and policies have no dot, so no two of these are the same.

function spendName(wan: string, policy: string | null, overCap = false): string {
  if (policy !== null) return `spend.${wan}.${policy}`
  return overCap ? `spend_over_cap.${wan}` : `spend.${wan}`
}

function takenName(wan: string, policy?: string): string {
  return policy === undefined ? `taken.${wan}` : `taken.${wan}.${policy}`
}

function sentName(side: Side, wan: string): string {
  return `sent_${side}.${wan}`
}

function receivedName(side: Side, wan: string): string {
  return `received_${side}.${wan}`
}
