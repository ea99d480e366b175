/**
 * Each flow remembers by which WAN it goes: by its connection's mark, and where the kernel sees but
 * half of it, in a set. A TCP flow that comes to another WAN has another address there and is lost:
 * we reset it, so that the client begins again at once rather than hang; never a new connection.
 */
import type { ByFamily, Family } from '../../../model/address.ts'
import { families } from '../../../model/address.ts'
import { markMask, maxWans, pokeMark, probeMark, wanMark } from '../../../model/marks.ts'
import type { Uplink } from '../../../model/uplink.ts'
import type { FlowWishes, Wanted } from '../../wanted.ts'
import type { Near } from '../near.ts'
import type { NftPart } from '../nft-part.ts'
import type { NftChain, PacketSet } from '../nft-table.ts'
import {
  allProbePorts,
  chain,
  connectionMarkIs,
  connectionMarkIsNot,
  hex,
  isUnmarked,
  leaving,
  protocolWord,
  setConnectionMark,
  setMark,
} from '../nft-words.ts'
import type { CalledChain } from '../shared-hooks.ts'
import type { Side } from './policy-matches.ts'
import { unmasqueradedNetworks } from './translation-chains.ts'

export function flowChains(wanted: Wanted, near: Near): NftPart {
  const { uplinks, flows } = wanted
  if (flows === undefined || uplinks.length < 2) return {}
  const halves = halfFamilies(wanted)
  const chains = [
    ...uplinks.flatMap((uplink) => halves.map((family) => halfChain(uplink, family, uplinks))),
    pokesChain(uplinks, near),
  ]
  const strays = flows.canMark ? uplinks.flatMap((uplink) => strayRules(uplink, uplinks)) : []
  const halfCut = uplinks.flatMap((uplink) => halfRules(uplink, wanted))
  const left = uplinks.flatMap((uplink) => leftRules(uplink, flows))
  const called: CalledChain[] = [
    { name: 'cut_forwarded', when: canBeCut, rules: [...near.pass, ...halfCut, ...strays] },
    { name: 'cut_own', when: canBeCut, rules: [...probesPass, ...near.pass, ...left, ...strays] },
  ]
  if (flows.canMark) called.push(flowMarksChain(uplinks, near))
  return { chains, called }
}

/** The sets that remember the flows of which we see half. */
export function flowMemory(wanted: Wanted): NftPart {
  const { uplinks, flows } = wanted
  if (flows === undefined || uplinks.length < 2) return {}
  const halves = halfFamilies(wanted)
  return { sets: uplinks.flatMap((uplink) => halves.map((family) => flowSet(uplink, family))) }
}

/** Flows that stay where they are, of the WANs in `wans`, whatever is decided now. */
export function pinRules(wans: ByFamily<readonly string[]>, side: Side, wanted: Wanted): string[] {
  const { uplinks, flows } = wanted
  if (flows === undefined) return []
  return uplinks.flatMap((uplink) => {
    const pinned = families.filter((family) => wans[family].includes(uplink.name))
    const [first] = pinned
    if (first === undefined) return []
    const pin = `${setMark(wanMark(uplink.index))} return`
    const only = pinned.length === families.length ? '' : `meta nfproto ${first} `
    const whole = `${only}ct direction original ${connectionMarkIs(wanMark(uplink.index))} ${pin}`
    const halves =
      side === 'own' ? [] : halfFamilies(wanted).filter((family) => pinned.includes(family))
    return [
      ...(flows.canMark ? [whole] : []),
      ...halves.map((family) => `${notFirst} ${tuple(family)} @${setName(uplink, family)} ${pin}`),
    ]
  })
}

/**
 * The same of WANs that new connections avoid: only what has had an answer stays. Of half a flow we
 * see none: there a TCP flow counts from its second packet on, and of the others all stay.
 */
export function answeredPinRules(
  wans: ByFamily<readonly string[]>,
  side: Side,
  wanted: Wanted,
): string[] {
  const { uplinks, flows } = wanted
  if (flows?.canMark !== true) return []
  const halves = side === 'own' ? [] : halfFamilies(wanted)
  return uplinks.flatMap((uplink) =>
    families
      .filter((family) => wans[family].includes(uplink.name))
      .flatMap((family) => {
        const mark = wanMark(uplink.index)
        const pin = `${setMark(mark)} return`
        const whole = `meta nfproto ${family} ct direction original ${connectionMarkIs(mark)}`
        const answered = `${whole} ct status seen-reply ${pin}`
        const half = halves.includes(family) ? halfSeen(family, wanted) : null
        if (half === null) return [answered]
        return [
          `${notFirst} ${tuple(family)} @${setName(uplink, family)} ${pin}`,
          `${half} meta l4proto != tcp ct direction original ${connectionMarkIs(mark)} ${pin}`,
          answered,
        ]
      }),
  )
}

/** Where a flow could come to another WAN at all, and we may see half of it only. */
function halfFamilies(wanted: FlowSources): Family[] {
  const ways = wanted.uplinks.flatMap((uplink) => leaving(uplink).map(({ family }) => family))
  return families.filter(
    (one) => halfSeen(one, wanted) !== null && ways.filter((family) => family === one).length > 1,
  )
}

/** Of which flows we see half, as a condition: of clients whom the gateways answer straight. */
function halfSeen(family: Family, { settings, uplinks, flows }: FlowSources): string | null {
  if (flows?.canMark === false || flows?.canList === false) return `meta nfproto ${family}`
  const networks = unmasqueradedNetworks(settings, uplinks, family)
  return networks.length === 0 ? null : `${protocolWord(family)} saddr { ${networks.join(', ')} }`
}

/** By which WAN a flow left last; a reply's flow came in there. */
function flowMarksChain(uplinks: readonly Uplink[], near: Near): CalledChain {
  const rules = uplinks.flatMap((uplink) => {
    const mark = wanMark(uplink.index)
    return leaving(uplink).map(
      ({ condition }) => `${condition} ${connectionMarkIsNot(mark)} ${setConnectionMark(mark)}`,
    )
  })
  const known = uplinks
    .filter(({ link, sharesLink }) => link !== null && !sharesLink)
    .map(({ link, index }) => `oifname "${link}" ${connectionMarkIs(wanMark(index))} return`)
  // What a tunnel sends by two lines belongs to neither.
  const when = 'ct state != untracked'
  return { name: 'flow_marks', when, rules: [...known, ...near.pass, ...rules] }
}

/** Leaves by this WAN, and is remembered to have left by another one. */
function strayRules(uplink: Uplink, uplinks: readonly Uplink[]): string[] {
  const others = uplinks.filter((other) => other !== uplink)
  const marks = others.map(({ index }) => hex(wanMark(index))).join(', ')
  const strays = `ct direction original ct mark & ${hex(markMask)} { ${marks} }`
  return leaving(uplink).map(
    ({ condition }) => `${condition} ${strays} ${notFirst} reject with tcp reset`,
  )
}

/** This machine's own by a WAN that was just left: their source address keeps them there. */
function leftRules(uplink: Uplink, { cut, cutUnmarked }: FlowWishes): string[] {
  return leaving(uplink).flatMap(({ family, condition }) => {
    const isLeft = cut[family].includes(uplink.name)
    if (!isLeft && cutUnmarked?.[family].includes(uplink.name) !== true) return []
    // What stays has the mark of its WAN.
    const whose = isLeft ? condition : `${condition} ${isUnmarked}`
    return ['ct direction original', `tcp sport ${ephemeralPorts}`].map(
      (own) => `${whose} ${own} ${notFirst} reject with tcp reset`,
    )
  })
}

function halfRules(uplink: Uplink, wanted: Wanted): string[] {
  return leaving(uplink).flatMap(({ family, condition }) => {
    const half = halfFamilies(wanted).includes(family) ? halfSeen(family, wanted) : null
    if (half === null) return []
    return `${condition} ${half} meta l4proto tcp goto ${halfName(uplink, family)}`
  })
}

function halfChain(uplink: Uplink, family: Family, uplinks: readonly Uplink[]): NftChain {
  const flow = tuple(family)
  const own = setName(uplink, family)
  const others = uplinks.filter((other) => other !== uplink).map((other) => setName(other, family))
  const forget = others.map((other) => `delete @${other} { ${flow} }`).join(' ')
  return chain(halfName(uplink, family), null, [
    `${first} ${forget} update @${own} { ${flow} } return`,
    `tcp flags & (fin | rst) != 0 ${flow} @${own} update @${own} { ${flow} timeout 1m } return`,
    `${flow} @${own} return`,
    ...others.map((other) => `${flow} @${other} reject with tcp reset`),
    `add @${own} { ${flow} }`,
  ])
}

/** The names of the sets that hold a WAN's flows of these families. */
export function flowSets(
  wan: string,
  asked: readonly Family[],
  sources: FlowSources,
): readonly string[] {
  return halfFamilies(sources)
    .filter((family) => asked.includes(family))
    .map((family) => setName({ name: wan }, family))
}

export type FlowSources = Pick<Wanted, 'settings' | 'uplinks' | 'flows'>

/** They are for the house: a flow that came in by a WAN, as a port forward, has its client outside. */
function pokesChain(uplinks: readonly Uplink[], near: Near): NftChain {
  const outside = uplinks.flatMap(leaving).map(({ condition }) => `${condition} drop`)
  return chain('pokes', 'filter hook output priority raw', [
    `${isNoPoke} accept`,
    ...families.map((family) => `${near.to[family]} notrack accept`),
    ...outside,
    'notrack',
  ])
}

/** Outlives a keepalive of two hours (RFC 9293 3.8.4); a house has a few thousand flows. */
function flowSet(uplink: Uplink, family: Family): PacketSet {
  const address = `${family}_addr`
  return {
    kind: 'set',
    name: setName(uplink, family),
    type: `${address} . inet_service . ${address} . inet_service`,
    timeout: '130m',
    size: 131_072,
    elements: null,
  }
}

function setName({ name }: Pick<Uplink, 'name'>, family: Family): string {
  return `flows_${name}_${family}`
}

function halfName({ name }: Uplink, family: Family): string {
  return `half_${name}_${family}`
}

function tuple(family: Family): string {
  const ip = protocolWord(family)
  return `${ip} saddr . tcp sport . ${ip} daddr . tcp dport`
}

/**
 * Linux' own (ip_local_port_range), below the probes'. Connection tracking that begins in the midst
 * of a flow may take an answer for its first packet; only the port shows then who began it.
 */
const ephemeralPorts = '32768-60999'

const first = 'tcp flags & (syn | ack) == syn'
const notFirst = 'tcp flags & (syn | ack) != syn'

/** Tracked they would be taken for the server's, and their ports be translated. */
const isNoPoke = `meta mark & ${hex(markMask)} != ${hex(pokeMark)}`

/** Only TCP can be reset. */
const canBeCut = 'meta l4proto tcp'

/** A probe belongs to its WAN, whatever its state. */
export const probesPass = [
  `meta mark & ${hex(markMask)} { ${probeMarks().join(', ')} } return`,
  `tcp sport ${allProbePorts} return`,
]

function probeMarks(): string[] {
  return Array.from({ length: maxWans }, (_, wan) => hex(probeMark(wan)))
}
