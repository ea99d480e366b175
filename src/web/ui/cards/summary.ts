/** The page's first sentence: which line is in use, how well, and since when. */

import type { Setup } from '../../../model/published/setup.ts'
import type { ChangeEvent, Snapshot } from '../../../model/published/snapshot.ts'
import type { Tone } from '../frame/card-styles.ts'
import type { Voice } from '../texts/voice.ts'

export interface Summary {
  readonly tone: Tone
  readonly title: string
  readonly details: readonly string[]
}

export interface SummaryInput extends Voice {
  readonly snapshot: Snapshot
  readonly setup: Setup | null
  readonly events: readonly ChangeEvent[]
  readonly nowMs: number
}

export function summary(input: SummaryInput): Summary {
  const { snapshot, setup, texts } = input
  const t = texts.summary
  if (isObserving(snapshot, setup)) {
    return { tone: 'neutral', title: t.observing, details: [t.observingDetail] }
  }
  const states = Object.values(snapshot.wans).map(({ state }) => state)
  const { active } = snapshot
  if (states.length > 0 && states.every((state) => state === 'down')) {
    const details = active === null ? [] : [t.staysOn(active)]
    return { tone: 'bad', title: t.allDown, details }
  }
  if (active === null) return { tone: 'bad', title: t.noLine, details: [] }
  const state = snapshot.wans[active]?.state ?? 'unknown'
  const since = sinceWhen(input, active)
  switch (state) {
    case 'unknown':
      return { tone: 'neutral', title: t.checking, details: [t.checkingDetail] }
    case 'down':
    case 'disabled':
      return { tone: 'bad', title: t.lineDown(active), details: healthyOthers(input, active) }
    case 'degraded':
      return { tone: 'notice', title: t.limping(active), details: since }
    case 'up':
      return online(input, active, since)
  }
}

/** The daemon only observes, or there are no lines. */
export function isObserving(snapshot: Snapshot, setup: Setup | null): boolean {
  if (setup !== null && setup.observing.length > 0) return true
  return Object.keys(snapshot.wans).length === 0
}

function online(input: SummaryInput, active: string, since: readonly string[]): Summary {
  const { snapshot, setup, texts, formats, nowMs } = input
  const t = texts.summary
  const { on, until } = snapshot.test_failover
  if (on) {
    const left = until === null ? [] : [t.testEnds(formats.countdown(Date.parse(until) - nowMs))]
    return { tone: 'notice', title: t.testing(active), details: left }
  }
  if (snapshot.mode === active) {
    return { tone: 'good', title: t.chosen(active), details: [...since, t.chosenInUse] }
  }
  const preferred = defaultOrder(setup)[0] ?? Object.keys(snapshot.wans)[0]
  if (preferred === undefined || preferred === active) {
    return { tone: 'good', title: t.online(active), details: [t.preferredInUse, ...since] }
  }
  const details = [t.backupInUse(preferred), ...since]
  return { tone: 'notice', title: t.backup(active), details }
}

function healthyOthers({ snapshot, texts }: SummaryInput, active: string): string[] {
  return Object.entries(snapshot.wans)
    .filter(([name, { state }]) => name !== active && state === 'up')
    .map(([name]) => texts.summary.otherIsHealthy(name))
    .slice(0, 1)
}

/** By the newest event that put it into use; empty if there is none. */
function sinceWhen({ events, nowMs, texts, formats }: SummaryInput, active: string): string[] {
  const moves = events.filter(({ event_type }) => ['failover', 'failback'].includes(event_type))
  const last = moves.reduce<ChangeEvent | null>(
    (newest, event) => (newest === null || event.at > newest.at ? event : newest),
    null,
  )
  if (last === null || last.to !== active) return []
  const atMs = Date.parse(last.at)
  const when = formats.moment(atMs, nowMs)
  return [texts.summary.inUseSince(when, formats.duration(nowMs - atMs))]
}

export function defaultOrder(setup: Setup | null): readonly string[] {
  return setup?.policies.find(({ name }) => name === 'default')?.use ?? []
}

/** What needs attention and doesn't appear beside a line's name anyway. */
export function otherProblems({ problems, wans, options }: Snapshot): readonly string[] {
  const shown = Object.entries(wans).map(
    ([name, { state, reason }]) => `${name} is ${state}: ${reason}`,
  )
  // The options have a card of their own.
  const told =
    options === undefined
      ? /^$/
      : /^(wrong option: |(observing only: )?the (new )?options (are wrong|were taken|that stand))/
  return problems
    .filter((problem) => !shown.includes(problem) && !told.test(problem))
    .map((problem) => problem.replace(/^observing only: /, ''))
}
