/** A month's outages from what was recorded: who was down when, and what a failover saved. Pure. */
import type { MonthOfWan, MonthReport, Outage } from '../../model/published/month-report.ts'
import type { ChangeEvent } from '../../model/published/snapshot.ts'
import type { StoredSlot } from './history-file.ts'
import type { Recorded } from './lasted.ts'
import { tiers } from './slots.ts'
import { lengthMs, overlap, type Span, without } from './spans.ts'

export interface MonthParts {
  /** As `2026-11`, in this machine's time zone. */
  readonly month: string
  readonly nowMs: number
  /** In the order it happened, from before the month too: an outage may have begun there. */
  readonly recorded: readonly Recorded[]
  /** Of one tier, those that begin in this time: a line was watched in each. */
  readonly slots: (
    tierS: number,
    range: { readonly fromS: number; readonly toS: number },
  ) => readonly Pick<StoredSlot, 'atS' | 'wan'>[]
}

export function monthReport({ month, nowMs, recorded, slots }: MonthParts): MonthReport {
  const span = spanOfMonth(month, nowMs)
  const watchedS = secondsByWan(slots(slotS, { fromS: span.fromMs / 1000, toS: span.toMs / 1000 }))
  const stretches = stretchesOf(recorded, nowMs)
  const within = stretches.flatMap((stretch) => clipped(stretch, span) ?? [])
  const downs = within.filter(({ kind }) => kind === 'down')
  const offline = within.filter(({ kind }) => kind === 'offline')
  const away = within.filter(({ kind }) => kind === 'away')
  const saved = away.flatMap((stretch) =>
    overlap(
      [stretch],
      downs.filter(({ wan }) => wan === stretch.wan),
    ),
  )
  const firstS = Math.min(...[...watchedS.values()].flat())
  const names = new Set([...watchedS.keys(), ...downs.flatMap(({ wan }) => wan ?? [])])
  return {
    month,
    from: iso(span.fromMs),
    to: iso(span.toMs),
    recorded_from: Number.isFinite(firstS) ? iso(Math.max(firstS * 1000, span.fromMs)) : null,
    saved_s: seconds(lengthMs(without(saved, offline))),
    offline_s: seconds(lengthMs(offline)),
    failovers: recorded.filter(
      ({ atMs, event }) =>
        event?.event_type === 'failover' && atMs >= span.fromMs && atMs < span.toMs,
    ).length,
    wans: Object.fromEntries(
      [...names].map((name) => {
        const own = downs.filter(({ wan }) => wan === name)
        const slots = (watchedS.get(name) ?? []).map((atS) => spanOfSlot(atS))
        return [name, monthOfWan(own, lengthMs(overlap([span], slots)))]
      }),
    ),
    outages: downs.map(outageOf),
  }
}

/** Until now, where it isn't over; of a month to come, nothing. */
function spanOfMonth(month: string, nowMs: number): Span {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const fromMs = new Date(year, number - 1, 1).getTime()
  const toMs = Math.min(new Date(year, number, 1).getTime(), nowMs)
  return { fromMs, toMs: Math.max(fromMs, toMs) }
}

function secondsByWan(slots: readonly Pick<StoredSlot, 'atS' | 'wan'>[]) {
  const byWan = new Map<string, number[]>()
  for (const { wan, atS } of slots) {
    const seconds = byWan.get(wan) ?? []
    byWan.set(wan, seconds)
    seconds.push(atS)
  }
  return byWan
}

/** The tier that is kept longest. */
const slotS = tiers.at(-1)?.slotS ?? 600

interface Stretch extends Span {
  readonly kind: 'down' | 'offline' | 'away'
  /** Who is down, or whom the house has left. */
  readonly wan: string | null
  readonly endedBy: Outage['ended_by']
  readonly reason: string
}

/** From what began something to what ended it; what goes on, goes on until `nowMs`. */
function stretchesOf(recorded: readonly Recorded[], nowMs: number): readonly Stretch[] {
  const done: Stretch[] = []
  const open = new Map<string, Omit<Stretch, 'toMs' | 'endedBy'>>()
  const end = (key: string, toMs: number, endedBy: Outage['ended_by']): void => {
    const begun = open.get(key)
    if (begun !== undefined) done.push({ ...begun, toMs, endedBy })
    open.delete(key)
  }
  for (const { atMs, event } of recorded) {
    const ended = event === null ? keysJudgedAnew(open) : keysEndedBy(event, open)
    for (const key of ended) end(key, atMs, event === null ? 'restart' : 'line')
    const begun = event === null ? null : begunBy(event)
    if (begun !== null && !open.has(begun.key)) {
      const { key, kind, wan } = begun
      open.set(key, { kind, wan, fromMs: atMs, reason: event?.reason ?? '' })
    }
  }
  for (const key of [...open.keys()]) end(key, nowMs, null)
  return done.toSorted((a, b) => a.fromMs - b.fromMs)
}

/** Traffic goes on over a restart, so nobody comes back by one; but each line is judged afresh. */
function keysJudgedAnew(open: ReadonlyMap<string, unknown>): readonly string[] {
  return [...open.keys()].filter((key) => !key.startsWith('away'))
}

function keysEndedBy({ event_type, wan, to }: ChangeEvent, open: ReadonlyMap<string, unknown>) {
  switch (event_type) {
    case 'wan_up':
    case 'wan_degraded':
      return [`down ${wan}`]
    case 'restored':
      return ['offline']
    case 'failback':
      return [...open.keys()].filter((key) => key.startsWith('away'))
    case 'failover':
      return [`away ${to}`]
    default:
      return []
  }
}

function begunBy({ event_type, wan, from }: ChangeEvent) {
  switch (event_type) {
    case 'wan_down':
      return { key: `down ${wan}`, kind: 'down', wan } as const
    case 'all_down':
      return { key: 'offline', kind: 'offline', wan: null } as const
    case 'failover':
      return { key: `away ${from}`, kind: 'away', wan: from } as const
    default:
      return null
  }
}

/** null where it isn't in the month at all. */
function clipped(stretch: Stretch, { fromMs, toMs }: Span): Stretch | null {
  if (stretch.toMs <= fromMs || stretch.fromMs >= toMs) return null
  const own = { fromMs: Math.max(stretch.fromMs, fromMs), toMs: Math.min(stretch.toMs, toMs) }
  return { ...stretch, ...own, endedBy: stretch.toMs > toMs ? 'month' : stretch.endedBy }
}

function monthOfWan(downs: readonly Stretch[], watchedMs: number): MonthOfWan {
  const downMs = lengthMs(downs)
  const share = watchedMs === 0 ? null : Math.max(0, 1 - downMs / watchedMs)
  return {
    watched_s: seconds(watchedMs),
    down_s: seconds(downMs),
    outages: downs.length,
    longest_s: seconds(Math.max(0, ...downs.map(({ fromMs, toMs }) => toMs - fromMs))),
    availability_percent: share === null ? null : Math.round(share * 100_000) / 1000,
  }
}

function outageOf({ wan, fromMs, toMs, endedBy, reason }: Stretch): Outage {
  return {
    wan: wan ?? '',
    from: iso(fromMs),
    to: endedBy === null ? null : iso(toMs),
    seconds: seconds(toMs - fromMs),
    ended_by: endedBy,
    reason,
  }
}

function spanOfSlot(atS: number): Span {
  return { fromMs: atS * 1000, toMs: (atS + slotS) * 1000 }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
