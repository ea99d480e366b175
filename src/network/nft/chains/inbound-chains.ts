/**
 * What comes in by a WAN: it is known by its link or, where WANs share one, by the gateway's MAC.
 * A connection that begins outside remembers where it came in, and its answers go back there. A WAN
 * with `inbound: established` lets in only what the inside has asked for. Who is on the link, or
 * behind an inner router there, is no stranger: a house must never be locked out of its own machine.
 */
import { type Family, families } from '../../../model/address.ts'
import { wanMark } from '../../../model/marks.ts'
import type { Uplink } from '../../../model/uplink.ts'
import { letIn } from '../../tunnels/forward-chains.ts'
import type { Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import { composed, type NftPart } from '../nft-part.ts'
import {
  chain,
  connectionMarkIs,
  isMarked,
  neighbourDiscovery,
  ownQuestions,
  setConnectionMark,
  setMark,
  unmarkedConnection,
} from '../nft-words.ts'
import type { CalledChain } from '../shared-hooks.ts'

export function inboundChains(wanted: Wanted, near: Near): NftPart {
  const { settings, uplinks, flows } = wanted
  const guarded = uplinks.filter(({ index }) => settings.wans[index]?.inbound === 'established')
  const guard = guarded.flatMap((uplink) => [
    ...letIn(uplink, wanted),
    ...arriving(uplink, near).map((condition) => `${condition} goto strangers`),
  ])
  return composed([
    flows?.canMark === true ? { called: replyChains(uplinks, near) } : {},
    guard.length === 0 ? {} : guardPart(guard),
  ])
}

function guardPart(guard: readonly string[]): NftPart {
  return {
    chains: [
      chain('strangers', null, [
        `${neighbourDiscovery} return`,
        'udp sport . udp dport { 67 . 68, 547 . 546 } return',
        'drop',
      ]),
    ],
    called: [{ name: 'inbound', when: notAskedFor, rules: guard }],
  }
}

/** Few packets: the others need not pass every rule to be let in at its end. */
const notAskedFor = 'ct state & (established | related) == 0'

/** Before the policies' chains: an answer belongs to its question, no matter who sends it. */
function replyChains(uplinks: readonly Uplink[], near: Near): readonly CalledChain[] {
  const came = uplinks.flatMap((uplink) =>
    arriving(uplink, near).map(
      (condition) =>
        `${condition} ${unmarkedConnection} ${setConnectionMark(wanMark(uplink.index))}`,
    ),
  )
  const answers = uplinks.map(({ index }) => {
    const mark = wanMark(index)
    return `${connectionMarkIs(mark)} ${setMark(mark)}`
  })
  // Most packets are of running flows, and most of these are no answers.
  const when = 'ct direction reply'
  return [
    { name: 'arrivals', when: 'ct state new', rules: came },
    { name: 'replies', when, rules: [...near.pass, ...answers] },
    { name: 'own_replies', when, rules: [...ownProbes, ...near.pass, ...answers] },
  ]
}

/**
 * Whoever sends to a probe's port first, a late answer or somebody who guesses at answers, makes the
 * probe itself look like an answer. It leaves by its own WAN all the same: once marked anew, a packet
 * is led by its mark, and no rule knows its port any more.
 */
const ownProbes = [`${isMarked} return`, ...ownQuestions]

/** Conditions for packets from strangers by this WAN; none where we can't know. */
export function arriving(
  uplink: Uplink,
  near: Near,
  spoken: readonly Family[] = families,
): string[] {
  const { link, sharesLink } = uplink
  if (link === null) return []
  const mac = macOf(uplink)
  if (sharesLink && mac === null) return []
  const sender = sharesLink ? ` ether saddr ${mac}` : ''
  return spoken.map(
    (family) => `iifname "${link}"${sender} ${near.notFromBeside.get(uplink.name)?.[family]}`,
  )
}

/** One machine is the gateway of both families: what is known of it in one holds for the other. */
function macOf({ ways }: Uplink): string | null {
  for (const family of families) {
    const { hop } = ways[family]
    if (hop?.kind === 'gateway' && hop.mac !== null) return hop.mac
  }
  return null
}
