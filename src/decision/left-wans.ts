/** The WANs whose flows must start again elsewhere, for a while after traffic has left them. */
import type { Decision } from '../model/decision.ts'
import type { WanHealth } from '../model/health.ts'
import { type Move, wansInUse } from './decide.ts'
import { rank } from './rank.ts'

export interface LeftWan {
  readonly wan: string
  readonly sinceMs: number
}

export interface Departure {
  readonly moves: readonly Move[]
  readonly decision: Decision
  readonly healths: ReadonlyMap<string, WanHealth>
  /** The WANs whose flows stayed where they were until now, and those whose flows stay. */
  readonly keptBefore: readonly string[]
  readonly kept: readonly string[]
  readonly nowMs: number
}

/** Where traffic moved to no healthy WAN, nothing is cut: those flows may be all that is left. */
export function leftWans(before: readonly LeftWan[], departure: Departure): readonly LeftWan[] {
  const { moves, healths, kept, nowMs } = departure
  const inUse = wansInUse(departure.decision)
  const left = new Map(before.map((one) => [one.wan, one]))
  for (const { from, to } of moves) {
    if (to !== null) left.delete(to)
    if (from === null || to === null || rank(healths.get(to)) === 0) continue
    left.set(from, { wan: from, sinceMs: nowMs })
  }
  // Some had stayed on a WAN that carries nobody else any more, and now it has died too.
  const elsewhere = [...inUse].some((wan) => rank(healths.get(wan)) > 0)
  for (const wan of departure.keptBefore) {
    if (elsewhere && !inUse.has(wan) && !kept.includes(wan)) left.set(wan, { wan, sinceMs: nowMs })
  }
  return [...left.values()].filter(
    ({ wan, sinceMs }) => nowMs < sinceMs + cutForMs && !kept.includes(wan),
  )
}

/** If the kernel refused a move, the WAN is left later, and its flows start again then. */
export function postponed(left: readonly LeftWan[], nowMs: number): readonly LeftWan[] {
  return left.map(({ wan }) => ({ wan, sinceMs: nowMs }))
}

/** Of these, the ones that no policy uses: what still goes there is a leftover. */
export function abandoned(left: readonly LeftWan[], decision: Decision): readonly string[] {
  const inUse = wansInUse(decision)
  return left.map(({ wan }) => wan).filter((wan) => !inUse.has(wan))
}

/** When to ask again; infinite where nothing is left. */
export function nextCheckMs(left: readonly LeftWan[]): number {
  return Math.min(...left.map(({ sinceMs }) => sinceMs + cutForMs))
}

/** Long enough for what slipped through while the rules changed, too short to meet new flows. */
const cutForMs = 10_000
