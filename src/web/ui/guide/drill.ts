/**
 * The guided drill, as a machine that computes and never acts: traffic leaves the line in use for a
 * moment and comes back, and a stopwatch says how long each way took as seen from here.
 */
import type { Snapshot } from '../../../model/published/snapshot.ts'
import { refusal } from '../cards/controls-view.ts'

export type Drill =
  | { readonly kind: 'ready' }
  /** Told to begin; traffic is still on its line. */
  | { readonly kind: 'leaving'; readonly atMs: number; readonly before: Snapshot }
  | ({ readonly kind: 'away'; readonly atMs: number } & Away)
  /** Told to end. */
  | ({ readonly kind: 'returning'; readonly atMs: number } & Away)
  | ({ readonly kind: 'done'; readonly backMs: number | null } & Away)
  | { readonly kind: 'failed'; readonly reason: DrillFailure }

interface Away {
  readonly before: Snapshot
  readonly from: string
  readonly to: string
  /** From the user's click until the traffic used the other line. */
  readonly awayMs: number
  /** By policy: the line that it moved to. */
  readonly moved: Readonly<Record<string, string>>
}

export type DrillFailure =
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'nothing_moved' }
  | { readonly kind: 'not_sent'; readonly text: string }

/** Long enough to see it, and for a device or two to ask for something. */
export const stayMs = 10_000

/** The daemon publishes news at once, and everything every ten seconds. */
const patienceMs = 15_000

/** The daemon refuses a test where no other line is healthy. */
export function canStart({ active, wans, test_failover }: Snapshot): boolean {
  const isWell = (name: string) => ['up', 'degraded'].includes(wans[name]?.state ?? 'unknown')
  const others = Object.keys(wans).filter((name) => name !== active)
  return active !== null && isWell(active) && others.some(isWell) && !test_failover.on
}

/** `nowMs` by any steady clock. */
export function startDrill(before: Snapshot, nowMs: number): Drill {
  return { kind: 'leaving', atMs: nowMs, before }
}

/** After each snapshot and each tick; when it says `returning`, the caller ends the test. */
export function nextDrill(drill: Drill, now: Snapshot, nowMs: number): Drill {
  switch (drill.kind) {
    case 'leaving':
      return leaving(drill, now, nowMs)
    case 'away':
      return nowMs - drill.atMs >= stayMs || !now.test_failover.on
        ? { ...drill, kind: 'returning', atMs: nowMs }
        : drill
    case 'returning':
      return returning(drill, now, nowMs)
    case 'ready':
    case 'done':
    case 'failed':
      return drill
  }
}

function leaving(drill: Extract<Drill, { kind: 'leaving' }>, now: Snapshot, nowMs: number): Drill {
  const { before, atMs } = drill
  const waitedMs = nowMs - atMs
  const from = before.active
  const moved = from === null ? {} : movesFrom(from, before, now)
  const [to] = Object.values(moved)
  if (from !== null && to !== undefined && now.test_failover.on) {
    return { kind: 'away', atMs: nowMs, before, from, to, awayMs: waitedMs, moved }
  }
  const refused = now.test_failover.on ? null : refusal(before, now, waitedMs)
  if (refused !== null) return { kind: 'failed', reason: { kind: 'refused', text: refused } }
  if (waitedMs < patienceMs) return drill
  return { kind: 'failed', reason: { kind: 'nothing_moved' } }
}

function returning(
  drill: Extract<Drill, { kind: 'returning' }>,
  now: Snapshot,
  nowMs: number,
): Drill {
  const { atMs, kind: _, ...away } = drill
  const isBack = Object.keys(drill.moved).every(
    (policy) => now.policies[policy]?.wan === drill.from,
  )
  const waitedMs = nowMs - atMs
  if (isBack && !now.test_failover.on) return { kind: 'done', ...away, backMs: waitedMs }
  return waitedMs < patienceMs ? drill : { kind: 'done', ...away, backMs: null }
}

/** The policies that used the line and use another one now. */
function movesFrom(from: string, before: Snapshot, now: Snapshot): Record<string, string> {
  const moves = Object.entries(before.policies).flatMap(([policy, { wan }]) => {
    const to = now.policies[policy]?.wan ?? null
    return wan === from && to !== null && to !== from ? [[policy, to] as const] : []
  })
  return Object.fromEntries(moves)
}
