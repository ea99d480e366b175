/** What the user may do now, and the outcome of the last request. */
import type { Setup } from '../../../model/published/setup.ts'
import type { PairSnapshot, Snapshot } from '../../../model/published/snapshot.ts'
import type { PageCommand } from '../../page-commands.ts'
import type { Texts } from '../texts/texts.ts'
import type { Voice } from '../texts/voice.ts'
import { defaultOrder } from './summary.ts'

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
  /** null: this box is alone. */
  readonly pair: PairView | null
}

export interface PairView extends Pick<PairSnapshot, 'state' | 'address' | 'resting'> {
  readonly since: number | null
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
    pair: pairView(snapshot),
  }
}

function pairView({ pair }: Snapshot): PairView | null {
  if (pair === null) return null
  const { state, address, resting, since } = pair
  return { state, address, resting, since: since === null ? null : Date.parse(since) }
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

export interface Asked {
  readonly command: PageCommand
  /** The newest snapshot before the request. */
  readonly before: Snapshot
  readonly atMs: number
}

export interface Answer {
  readonly tone: 'good' | 'bad' | 'quiet'
  readonly text: string
}

/** The daemon answers by the state that it publishes; null until then. */
export function answerTo(
  { command, before, atMs }: Asked,
  now: Snapshot,
  { nowMs, texts: { controls: t } }: Pick<Voice, 'texts'> & { readonly nowMs: number },
): Answer | null {
  const waitedMs = nowMs - atMs
  if (isDone(command, before, now)) return { tone: 'good', text: t.done[doneKey(command)] }
  const refused = refusal(before, now, waitedMs)
  if (refused !== null) return { tone: 'bad', text: refused }
  // It may still happen.
  return waitedMs >= answerMs.silent ? { tone: 'quiet', text: t.notDone } : null
}

function isDone(command: PageCommand, before: Snapshot, now: Snapshot): boolean {
  switch (command.kind) {
    case 'set_test':
      return now.test_failover.on === command.on
    case 'set_mode':
      return now.mode === command.mode
    case 'set_rest':
      return now.pair?.resting === command.on
    case 'fail_back':
      return now.active !== before.active || (before.test_failover.on && !now.test_failover.on)
  }
}

function doneKey(command: PageCommand): keyof Texts['controls']['done'] {
  switch (command.kind) {
    case 'set_test':
      return command.on ? 'test_on' : 'test_off'
    case 'set_mode':
      return 'mode'
    case 'set_rest':
      return command.on ? 'rest_on' : 'rest_off'
    case 'fail_back':
      return 'failback'
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

/** The daemon publishes news at once, and everything every ten seconds. */
const answerMs = { refused: 3_000, silent: 12_000 } as const

function wanNames(snapshot: Snapshot, setup: Setup | null): readonly string[] {
  return setup === null ? Object.keys(snapshot.wans) : setup.wans.map(({ name }) => name)
}
