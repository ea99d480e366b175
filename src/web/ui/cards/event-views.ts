/** What happened, as the timeline tells it: the newest first. */

import type { PastEvent } from '../../../model/published/history.ts'
import type { EventType } from '../../../model/published/snapshot.ts'
import type { Formats } from '../texts/formats.ts'
import type { Texts } from '../texts/texts.ts'
import type { Tone } from './summary.ts'

export interface EventView {
  readonly key: string
  readonly type: EventType
  readonly tone: Tone
  readonly title: string
  readonly when: string
  /** With the date and seconds. */
  readonly precisely: string
  readonly reason: string
  readonly figures: readonly string[]
}

export interface EventViewsInput {
  readonly events: readonly PastEvent[]
  /** Older ones are left out. */
  readonly fromMs: number
  readonly nowMs: number
  readonly texts: Texts
  readonly formats: Formats
}

const tones: Readonly<Record<EventType, Tone>> = {
  failover: 'notice',
  failback: 'good',
  wan_down: 'bad',
  wan_up: 'good',
  wan_degraded: 'notice',
  all_down: 'bad',
  restored: 'good',
  test_started: 'neutral',
  test_ended: 'neutral',
}

export function eventViews(input: EventViewsInput): readonly EventView[] {
  return input.events
    .filter(({ at }) => Date.parse(at) >= input.fromMs)
    .toReversed()
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .map((event) => eventView(event, input))
}

function eventView(event: PastEvent, { nowMs, texts, formats }: EventViewsInput): EventView {
  const t = texts.timeline
  const atMs = Date.parse(event.at)
  return {
    key: eventKey(event),
    type: event.event_type,
    tone: tones[event.event_type],
    title: t.events[event.event_type](event),
    when: formats.moment(atMs, nowMs),
    precisely: formats.precise(atMs),
    reason: event.reason,
    figures: [
      ...(event.detect_ms === null ? [] : [t.noticedIn(formats.took(event.detect_ms))]),
      ...(event.switch_ms === null ? [] : [t.switchedIn(formats.took(event.switch_ms))]),
      ...lastingOf(event, { nowMs, texts, formats }),
    ],
  }
}

/** What these begin goes on until something else is told. */
const lasting: readonly EventType[] = [
  'failover',
  'wan_down',
  'wan_degraded',
  'all_down',
  'test_started',
]

function lastingOf(
  { event_type, lasted_ms, at }: PastEvent,
  { nowMs, texts, formats }: Pick<EventViewsInput, 'nowMs' | 'texts' | 'formats'>,
): string[] {
  const t = texts.timeline
  if (lasted_ms !== null) return [t.lasted(formats.duration(lasted_ms))]
  return lasting.includes(event_type) ? [t.soFar(formats.duration(nowMs - Date.parse(at)))] : []
}

/** An event has no number of its own; heard live and read from the history it is the same one. */
export function eventKey(event: PastEvent): string {
  return [event.at, event.event_type, event.wan, event.from, event.to].join(' ')
}

/** The history's word counts where both know an event: it knows how long it lasted. */
export function joinEvents(
  past: readonly PastEvent[],
  heard: readonly PastEvent[],
): readonly PastEvent[] {
  const keys = new Set(past.map(eventKey))
  return [...past, ...heard.filter((event) => !keys.has(eventKey(event)))]
}
