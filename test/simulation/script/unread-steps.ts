/** An nft that fails to list our table for a while, and meanwhile others delete it or do not. */
import { Random } from '../../random.ts'
import type { Step } from './fault.ts'

/** By random sequences of their own: a seed's other faults stay what they were. */
export function unreadSteps(seed: number, lengthMs: number): Step[] {
  const random = new Random(seed ^ 0x0f7a11ed)
  if (random.chance(0.7)) return []
  const steps: Step[] = []
  for (let atMs = 10_000; atMs < lengthMs - 60_000; atMs += random.between(1_000, 120_000)) {
    const durationMs = Math.round(random.between(100, 20_000))
    const percent = random.pick([10, 50, 100])
    steps.push({ atMs: Math.round(atMs), durationMs, fault: { kind: 'nft_unread', percent } })
    if (random.chance(0.5)) continue
    const deletedAtMs = Math.round(atMs + random.between(-500, durationMs))
    steps.push({ atMs: deletedAtMs, durationMs: 0, fault: { kind: 'nft_deleted' } })
  }
  return steps
}
