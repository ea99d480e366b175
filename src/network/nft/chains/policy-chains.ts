/**
 * The chains that give packets the mark of their policy: one for what passes through, one for what
 * this machine sends itself. What no policy matches keeps no mark and follows the default policy's
 * rule. A mark of ours that a packet has already never changes.
 */
import { type ByFamily, byFamily } from '../../../model/address.ts'
import type { PolicySettings } from '../../../model/settings/settings.ts'
import type { Uplink } from '../../../model/uplink.ts'
import {
  type Classes,
  mayUseAll,
  type TrafficClass,
  trafficClasses,
} from '../../policies/traffic-classes.ts'
import type { Wanted } from '../../wanted.ts'
import { withNamedSets } from '../named-sets.ts'
import type { Near } from '../near.ts'
import { composed, type NftPart } from '../nft-part.ts'
import type { NftChain, NftRule } from '../nft-table.ts'
import {
  allProbePorts,
  chain,
  isUnmarked,
  leaving,
  linkSet,
  neighbourDiscovery,
  setMark,
} from '../nft-words.ts'
import { balanceChains, balanceRules, pairSets } from './balance-chains.ts'
import { answeredPinRules, pinRules } from './flow-chains.ts'
import { ownUdpRules } from './own-udp.ts'
import { policyMatches, type Side, sourceConditions } from './policy-matches.ts'

export function policyChains(wanted: Wanted, near: Near): NftPart {
  const classes = trafficClasses(wanted.settings, wanted.decision, wanted.avoidedUses)
  return composed([
    { sets: classes.all.flatMap(pairSets) },
    sideChains('forwarded', wanted, { classes, near }),
    sideChains('own', wanted, { classes, near }),
    unpermittedChain(wanted, near),
  ])
}

interface Known {
  readonly classes: Classes
  readonly near: Near
}

function sideChains(side: Side, wanted: Wanted, { classes, near }: Known): NftPart {
  const { policies } = wanted.settings
  const target = ({ name }: PolicySettings) => targetOf(classes.of.get(name) ?? null, side)
  const matches = policyMatches(policies, { side, target })
  const { sets, rules } = withNamedSets(matches.rules)
  const rest = defaultRules(side, wanted, classes)
  if (rules.length + rest.length === 0) return {}
  const { name, exempt } = calledChain[side]
  return {
    sets: [...sets, ...matches.maps],
    chains: [
      chain(defaultName(side), null, rest),
      ...classes.all.flatMap((one) => [
        ...balanceChains(one, side, wanted),
        classChain(one, side, wanted),
      ]),
    ],
    called: [
      {
        ...{ name, when: isUnmarked },
        rules: [...exempt, ...near.pass, ...rules, `goto ${defaultName(side)}`],
      },
    ],
  }
}

/** Of this machine's packets: probes, and what keeps the links themselves alive. */
const ownExempt = [
  `${neighbourDiscovery} return`,
  'fib daddr type != unicast return',
  `meta l4proto { tcp, udp } th sport ${allProbePorts} return`,
] as const

const calledChain = {
  forwarded: { name: 'policies', exempt: [] },
  own: { name: 'own_policies', exempt: ownExempt },
} as const

function targetOf(one: TrafficClass | null, side: Side): string {
  return one === null ? defaultName(side) : chainName(side, one.use)
}

function defaultName(side: Side): string {
  return `${side}_default`
}

function chainName(side: Side, use: number): string {
  return `${side}_use_${use}`
}

function classChain(one: TrafficClass, side: Side, wanted: Wanted): NftChain {
  return chain(chainName(side, one.use), null, [
    ...testRules(one, side, wanted),
    ...answeredPinRules(avoided(one.wans, wanted), side, wanted),
    ...pinRules(staying(one, wanted), side, wanted),
    ...balanceRules(one, side, wanted),
    setMark(one.mark),
  ])
}

/**
 * The WANs whose running flows stay, of those that this class may use. Not the one that carries it
 * anyway: when that one dies, the change of a rule moves everybody, and nobody waits for nft. Only
 * around a sidestep that one is among them too: so a hiccup that comes again, or ends, flips a rule
 * and changes nothing in nft.
 */
function staying(one: TrafficClass, { flows }: Wanted): ByFamily<readonly string[]> {
  const { wans, carriers, byHand, graceful } = one
  return byFamily((family) => {
    const { wan: current, spread } = carriers[family]
    const isSpread = spread.length > 1
    const isKept = (wan: string) =>
      !byHand && graceful && (isSpread || wan !== current) && flows?.kept[family].includes(wan)
    const isShared = (wan: string) => isSpread && spread.includes(wan)
    const isTaken = (wan: string) => flows?.taken?.[family].includes(wan) === true
    const isAvoided = (wan: string) => flows?.avoided?.[family].includes(wan) === true
    return wans.filter((wan) => isTaken(wan) || isShared(wan) || (isKept(wan) && !isAvoided(wan)))
  })
}

/** Those that new connections avoid around now, of the WANs that a class may use. */
function avoided(wans: readonly string[], { flows }: Wanted): ByFamily<readonly string[]> {
  return byFamily((family) => wans.filter((wan) => flows?.avoided?.[family].includes(wan)))
}

/** What the default policy carries by its own rule: unmarked, but for tests and flows that stay. */
function defaultRules(side: Side, wanted: Wanted, classes: Classes): NftRule[] {
  const { of, rest } = classes
  const one = of.get('default') ?? null
  const isMarked = one?.balance === true || wanted.avoidedUses !== undefined
  if (one !== null && isMarked) return [`goto ${chainName(side, one.use)}`]
  const tests = one === null ? [] : testRules(one, side, wanted)
  const stays = [
    ...answeredPinRules(avoided(rest.wans, wanted), side, wanted),
    ...pinRules(staying({ ...rest, byHand: false }, wanted), side, wanted),
  ]
  const led = side === 'own' ? ownUdpRules(wanted, classes) : []
  return [...tests, ...stays, ...led]
}

function testRules({ tested }: TrafficClass, side: Side, { settings }: Wanted): NftRule[] {
  if (tested === null) return []
  const target = chainName(side, tested.use)
  return sourceConditions(settings.testFailover.devices, side).map((conditions) => ({
    kind: 'match',
    conditions,
    target,
  }))
}

/** This machine's own packets by WANs that the default policy may not use, see `desired-rules`. */
function unpermittedChain({ settings, uplinks }: Wanted, near: Near): NftPart {
  const { use } = settings.defaultPolicy
  if (mayUseAll(use, uplinks)) return {}
  const forbidden = uplinks.filter(({ name }) => !use.includes(name))
  const rules = forbidden.flatMap((uplink: Uplink) =>
    leaving(uplink).map(({ condition }) => `${condition} ct direction original drop`),
  )
  if (rules.length === 0) return {}
  const when = `${isUnmarked} oifname ${linkSet(forbidden)}`
  return { called: [{ name: 'unpermitted', when, rules: [...ownExempt, ...near.pass, ...rules] }] }
}
