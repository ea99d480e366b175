/**
 * How often new connections stepped aside, by slots of ten seconds: thin marks in the charts. The
 * snapshot only counts; what is more than before has just happened. Pure.
 */
import type { SidestepMark } from '../../model/published/history.ts'

/** By the second in which each slot begins. */
export type SidestepSlots = ReadonlyMap<number, number>

export const markSlotS = 10

/** What has been counted until now. */
export class SidestepCounter {
  #before: number | null = null

  /** How many more there are; those before the first snapshot nobody has timed. */
  more(sidesteps: number): number {
    const before = this.#before
    this.#before = sidesteps
    return before === null || sidesteps < before ? 0 : sidesteps - before
  }
}

export function withSidesteps(slots: SidestepSlots, atMs: number, more: number): SidestepSlots {
  if (more === 0) return slots
  const atS = Math.floor(atMs / 1000 / markSlotS) * markSlotS
  return new Map([...slots, [atS, (slots.get(atS) ?? 0) + more]])
}

/** One mark for each slot of the chart. */
export function marksOf(
  slots: Iterable<readonly [atS: number, count: number]>,
  { fromS, toS, resolutionS }: { fromS: number; toS: number; resolutionS: number },
): readonly SidestepMark[] {
  const marks = new Map<number, number>()
  for (const [atS, count] of slots) {
    if (atS < fromS || atS > toS) continue
    const at = Math.floor(atS / resolutionS) * resolutionS
    marks.set(at, (marks.get(at) ?? 0) + count)
  }
  return [...marks].sort(([a], [b]) => a - b).map(([at, count]) => ({ at, count }))
}
