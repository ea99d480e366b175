/** What the user may do now, and whether the last request has taken effect. */

import type { Setup } from '../../../model/published/setup.ts'
import type { Snapshot } from '../../../model/published/snapshot.ts'
import { defaultOrder } from './summary.ts'

/** A request to the daemon. */
export type Request =
  | { readonly kind: 'test'; readonly on: boolean }
  | { readonly kind: 'mode'; readonly mode: string }
  | { readonly kind: 'failback' }

export interface ControlsView {
  readonly mode: string
  /** `automatic` first. */
  readonly modes: readonly string[]
  readonly testOn: boolean
  readonly testLeftMs: number | null
  /** The line that a test would leave; null where there is nothing to test. */
  readonly testLeaves: string | null
  readonly usedNow: string | null
  /** The line that failing back would return to; null where it would change nothing. */
  readonly failBackTo: string | null
}

export function controlsView(snapshot: Snapshot, setup: Setup | null, nowMs: number): ControlsView {
  const { on, until } = snapshot.test_failover
  return {
    mode: snapshot.mode,
    modes: ['automatic', ...wanNames(snapshot, setup)],
    testOn: on,
    testLeftMs: on && until !== null ? Math.max(0, Date.parse(until) - nowMs) : null,
    testLeaves: on ? null : snapshot.active,
    usedNow: snapshot.active,
    failBackTo: failBackTarget(snapshot, setup),
  }
}

/** It ends a test, and it ends the wait for a better line to prove itself. */
function failBackTarget(snapshot: Snapshot, setup: Setup | null): string | null {
  const { active, mode, wans } = snapshot
  if (active === null) return null
  const rank = (name: string) => ({ up: 2, degraded: 1 })[wans[name]?.state as string] ?? 0
  const order = defaultOrder(setup)
  const wanted = order.includes(mode) ? [mode, ...order.filter((wan) => wan !== mode)] : order
  const better = wanted.slice(0, Math.max(0, wanted.indexOf(active)))
  return better.find((wan) => rank(wan) > 0 && (rank(wan) >= rank(active) || wan === mode)) ?? null
}

/** Whether the state shows the request; the daemon answers only by the state. */
export function isDone(request: Request, before: Snapshot, now: Snapshot): boolean {
  switch (request.kind) {
    case 'test':
      return now.test_failover.on === request.on
    case 'mode':
      return now.mode === request.mode
    case 'failback':
      return now.active !== before.active || (before.test_failover.on && !now.test_failover.on)
  }
}

/**
 * Why the daemon refused; null if it didn't. The same refusal as before is also an answer, once
 * the daemon has had time to publish another one.
 */
export function refusal(before: Snapshot, now: Snapshot, waitedMs: number): string | null {
  const refused = now.problems.filter((problem) => problem.includes(' was refused: '))
  const news = refused.filter((problem) => !before.problems.includes(problem))
  return news.at(-1) ?? (waitedMs >= answerMs.refused ? (refused.at(-1) ?? null) : null)
}

/** After so long the page says that nothing has happened; it still may. */
export function isNotDone(waitedMs: number): boolean {
  return waitedMs >= answerMs.silent
}

/** The daemon publishes news at once, and everything every ten seconds. */
const answerMs = { refused: 3_000, silent: 12_000 } as const

function wanNames(snapshot: Snapshot, setup: Setup | null): readonly string[] {
  return setup === null ? Object.keys(snapshot.wans) : setup.wans.map(({ name }) => name)
}
