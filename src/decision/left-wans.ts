/** The WANs whose flows have to begin again elsewhere, for a while after traffic has left them. */
import { type ByFamily, byFamily, type Family } from '../model/address.ts'
import type { Decision } from '../model/decision.ts'
import type { Healths } from '../model/health.ts'
import { type Move, wansInUse } from './decide.ts'
import { isAnswering } from './rank.ts'

/** A WAN that traffic of this family has left. */
export interface LeftWan {
  readonly wan: string
  readonly family: Family
  readonly sinceMs: number
  /** Only these have left it, the others' flows stay; left out: everybody has. */
  readonly policies?: readonly string[]
}

export interface Departure {
  readonly moves: readonly Move[]
  readonly decision: Decision
  readonly healths: Healths
  /** The WANs whose flows stayed where they were until now, and those whose flows stay. */
  readonly keptBefore: ByFamily<readonly string[]>
  readonly kept: ByFamily<readonly string[]>
  /** The policies whose flows never stay; left out: none. */
  readonly immediate?: ReadonlySet<string>
  readonly nowMs: number
}

/** Where nobody was moved to that answers, nothing is cut: those flows may be all that is left. */
export function leftWans(before: readonly LeftWan[], departure: Departure): readonly LeftWan[] {
  return [...leftIn('ipv4', before, departure), ...leftIn('ipv6', before, departure)]
}

function leftIn(
  family: Family,
  before: readonly LeftWan[],
  departure: Departure,
): readonly LeftWan[] {
  const { moves, nowMs } = departure
  const healths = departure.healths[family]
  const kept = departure.kept[family]
  const inUse = wansInUse(departure.decision, family)
  const own = before.filter((one) => one.family === family)
  const left = new Map(own.map((one) => [one.wan, one]))
  for (const { policy, from, to } of moves.filter((move) => move.family === family)) {
    if (to !== null) left.delete(to)
    if (from === null || to === null || !isAnswering(healths.get(to))) continue
    if (!kept.includes(from)) left.set(from, { wan: from, family, sinceMs: nowMs })
    else if (departure.immediate?.has(policy) === true) {
      const before = left.get(from)
      const others = before?.sinceMs === nowMs ? (before.policies ?? []) : []
      left.set(from, { wan: from, family, sinceMs: nowMs, policies: [...others, policy] })
    }
  }
  // Some had stayed on a WAN that carries nobody else any more, and now it has died too.
  const elsewhere = [...inUse].some((wan) => isAnswering(healths.get(wan)))
  for (const wan of departure.keptBefore[family]) {
    if (elsewhere && !inUse.has(wan) && !kept.includes(wan)) {
      left.set(wan, { wan, family, sinceMs: nowMs })
    }
  }
  return [...left.values()].filter(
    ({ wan, sinceMs, policies }) =>
      nowMs < sinceMs + cutForMs && (policies !== undefined || !kept.includes(wan)),
  )
}

/** What the kernel has refused to leave is left later, and its flows begin again then. */
export function postponed(left: readonly LeftWan[], nowMs: number): readonly LeftWan[] {
  return left.map((one) => ({ ...one, sinceMs: nowMs }))
}

/** Of these, the ones that carry nobody any more: what still goes there is a leftover. */
export function abandoned(
  left: readonly LeftWan[],
  decision: Decision,
): ByFamily<readonly string[]> {
  return byFamily((family) => {
    const inUse = wansInUse(decision, family)
    return left
      .filter((one) => one.policies === undefined && one.family === family && !inUse.has(one.wan))
      .map(({ wan }) => wan)
  })
}

/** The WANs that the default policy has left at once, while flows of others stay on them. */
export function leftByDefault(
  left: readonly LeftWan[],
  decision: Decision,
): ByFamily<readonly string[]> {
  return byFamily((family) =>
    left
      .filter((one) => one.family === family && one.policies?.includes('default') === true)
      .map(({ wan }) => wan)
      .filter((wan) => wan !== decision.policies.get('default')?.[family].wan),
  )
}

/** When to ask again; infinite where nothing is left. */
export function nextCheckMs(left: readonly LeftWan[]): number {
  return Math.min(...left.map(({ sinceMs }) => sinceMs + cutForMs))
}

/** Long enough for what slipped through while the rules changed, too short to meet new flows. */
const cutForMs = 10_000
