/** What WANs must be to each other: eight at most, and none another's double. */
import type { Family } from '../../model/address.ts'
import { maxWans } from '../../model/marks.ts'
import { linkText } from '../../model/settings/setting-text.ts'
import type { GivenWay } from '../../model/uplink.ts'
import { describeFound, formatPath, type Problem } from '../problem.ts'
import { familyOf } from '../schema/addresses.ts'
import { wayText } from '../schema/gateways.ts'
import { tableByPosition } from '../table-by-position.ts'
import { type Draft, isRefused, type WanDraft } from './draft.ts'
import { checkTwice } from './policy-checks.ts'

export function checkWans(draft: Draft): Problem[] {
  const wans = draft.wans ?? []
  return [
    ...checkNumberOfWans(wans.length),
    ...checkNames(wans),
    ...checkTables(wans),
    ...checkInterfaces(wans),
    ...checkSameGateways(wans),
    ...checkSameGateways6(wans),
    ...checkTargets(wans),
  ]
}

type Wans = readonly (WanDraft | undefined)[]

/** A pair of WANs, the later one and the earlier one, both as far as they are sound. */
interface Pair {
  readonly wan: WanDraft
  readonly index: number
  readonly other: WanDraft
  readonly otherIndex: number
}

function checkNumberOfWans(count: number): Problem[] {
  if (count <= maxWans) return []
  const expected = `2 to ${maxWans} WANs, or [] to observe only`
  return [{ path: 'wans', found: `${count} WANs`, expected }]
}

function checkNames(wans: Wans): Problem[] {
  return firstPairs(
    wans,
    ({ wan, other }) => wan.name !== undefined && wan.name === other.name,
  ).map(({ wan, index, otherIndex }) => ({
    path: wanPath(index, 'name'),
    found: describeFound(wan.name, []),
    expected: `another name: wans[${otherIndex}] has this one`,
  }))
}

function checkTables(wans: Wans): Problem[] {
  const tableOf = (wan: WanDraft, index: number) =>
    isRefused(wan, 'table') ? null : (wan.table ?? tableByPosition(index))
  return firstPairs(wans, ({ wan, index, other, otherIndex }) => {
    const table = tableOf(wan, index)
    return table !== null && table === tableOf(other, otherIndex)
  }).map(({ wan, index, otherIndex }) => ({
    path: wanPath(index, 'table'),
    found: wan.table === undefined ? `${tableByPosition(index)} (by its position)` : `${wan.table}`,
    expected: `a table of its own: wans[${otherIndex}] has this one`,
  }))
}

/** Without the address of a gateway nothing else says where the WAN is. */
function checkInterfaces(wans: Wans): Problem[] {
  const problems: Problem[] = []
  for (const [index, wan] of wans.entries()) {
    const { kind } = wan?.gateway ?? {}
    if (wan === undefined || kind === undefined || kind === 'address') continue
    if (isRefused(wan, 'interface') || wan.interface !== undefined) continue
    const expected =
      kind === 'learned'
        ? 'the interface, like eth0, whose default route names the gateway (gateway: auto)'
        : 'the interface of the line, like ppp0 (gateway: none)'
    problems.push({ path: wanPath(index, 'interface'), found: 'nothing', expected })
  }
  return problems
}

function checkSameGateways(wans: Wans): Problem[] {
  return firstPairs(wans, ({ wan, other }) => {
    if (wan.gateway === undefined || !isSameWay(wan.gateway, other.gateway)) return false
    if (isRefused(wan, 'interface') || isRefused(other, 'interface')) return false
    // Where both name an interface, the same address may be two gateways: two phone hotspots.
    const named = wan.interface !== undefined && other.interface !== undefined
    return named ? isSameLink(wan, other) : wan.gateway.kind === 'address'
  }).map(({ wan, index, other, otherIndex }) => ({
    path: wanPath(index, 'gateway'),
    found: describeWay(wan.gateway, 'ipv4'),
    expected: isSameLink(wan, other)
      ? `another gateway or another interface: wans[${otherIndex}] has the same two`
      : `an interface for both: wans[${otherIndex}] has the same gateway`,
  }))
}

function checkSameGateways6(wans: Wans): Problem[] {
  return firstPairs(wans, ({ wan, other }) => {
    if (wan.gateway6 === undefined || wan.gateway6.kind === 'none') return false
    // Of several routers each is known by the MAC of its IPv4 gateway.
    const known = wan.gateway?.kind === 'address' && other.gateway?.kind === 'address'
    if (wan.gateway6.kind === 'learned' && known) return false
    return (
      wan.interface !== undefined &&
      isSameLink(wan, other) &&
      isSameWay(wan.gateway6, other.gateway6)
    )
  }).map(({ wan, index, otherIndex }) => ({
    path: wanPath(index, 'gateway6'),
    found: describeWay(wan.gateway6, 'ipv6'),
    expected: `another gateway or none: wans[${otherIndex}] has the same on the same interface`,
  }))
}

/** A target of IPv6 is asked only where the WAN has IPv6. */
function checkTargets(wans: Wans): Problem[] {
  return wans.flatMap((wan, index) => {
    const twice = checkTwice(wan?.targets, ['wans', index, 'targets'])
    if (wan?.gateway6?.kind !== 'none') return twice
    const wrong = (wan.targets ?? []).flatMap((target, place) =>
      target === undefined || familyOf(target) === 'ipv4'
        ? []
        : [
            {
              path: formatPath(['wans', index, 'targets', place]),
              found: describeFound(target, []),
              expected: 'an IPv4 address, or a gateway6: this WAN has no IPv6',
            },
          ],
    )
    return [...twice, ...wrong]
  })
}

function isSameLink(one: WanDraft, other: WanDraft): boolean {
  const texts = [one, other].map((wan) => wan.interface && linkText(wan.interface))
  return texts[0] === texts[1]
}

function isSameWay(one: GivenWay, other: GivenWay | undefined): boolean {
  if (one.kind !== other?.kind) return false
  return one.kind !== 'address' || other.kind !== 'address' || one.address === other.address
}

function describeWay(way: GivenWay | undefined, family: Family): string {
  return describeFound(way === undefined ? way : wayText(way, family), [])
}

/** For each WAN the first earlier one that clashes with it. */
function firstPairs(wans: Wans, clash: (pair: Pair) => boolean): Pair[] {
  // More WANs than are allowed are one problem, not many.
  const few = wans.slice(0, 4 * maxWans)
  return few.flatMap((wan, index) => {
    for (const [otherIndex, other] of few.slice(0, index).entries()) {
      if (wan === undefined || other === undefined) continue
      const pair = { wan, index, other, otherIndex }
      if (clash(pair)) return [pair]
    }
    return []
  })
}

function wanPath(index: number, key: string): string {
  return formatPath(['wans', index, key])
}
