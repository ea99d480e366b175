/** What happened, as the timeline shows it: the newest first. */

import type { PastEvent } from '../../../model/published/history.ts'
import type { EventType } from '../../../model/published/snapshot.ts'
import type { Tone } from '../frame/card-styles.ts'
import type { IconName } from '../frame/icon.ts'
import { eventKey } from '../live/join-events.ts'
import type { Voice } from '../texts/voice.ts'

export interface EventView {
  readonly key: string
  readonly icon: IconName
  readonly tone: Tone
  readonly title: string
  readonly when: string
  /** With the date and seconds. */
  readonly precisely: string
  readonly reason: string
  readonly figures: readonly string[]
}

export interface EventViewsInput extends Voice {
  readonly events: readonly PastEvent[]
  /** Older ones are left out. */
  readonly fromMs: number
  readonly nowMs: number
}

interface Look {
  readonly icon: IconName
  readonly tone: Tone
  /** What it begins goes on until another event. */
  readonly lasts: boolean
}

const looks: Readonly<Record<EventType, Look>> = {
  failover: { icon: 'swap', tone: 'notice', lasts: true },
  failback: { icon: 'back', tone: 'good', lasts: false },
  wan_down: { icon: 'cross', tone: 'bad', lasts: true },
  wan_up: { icon: 'check', tone: 'good', lasts: false },
  wan_degraded: { icon: 'warning', tone: 'notice', lasts: true },
  all_down: { icon: 'cross', tone: 'bad', lasts: true },
  restored: { icon: 'check', tone: 'good', lasts: false },
  names_down: { icon: 'cross', tone: 'bad', lasts: true },
  names_up: { icon: 'check', tone: 'good', lasts: false },
  took_over: { icon: 'swap', tone: 'notice', lasts: false },
  gave_way: { icon: 'swap', tone: 'notice', lasts: false },
  test_started: { icon: 'stopwatch', tone: 'neutral', lasts: true },
  test_ended: { icon: 'stopwatch', tone: 'neutral', lasts: false },
}

export function eventViews(input: EventViewsInput): readonly EventView[] {
  return input.events
    .filter(({ at }) => Date.parse(at) >= input.fromMs)
    .toReversed()
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .map((event) => eventView(event, input))
}

function eventView(event: PastEvent, input: EventViewsInput): EventView {
  const { nowMs, texts, formats } = input
  const t = texts.timeline
  const atMs = Date.parse(event.at)
  const { icon, tone } = looks[event.event_type]
  return {
    key: eventKey(event),
    icon,
    tone,
    title: t.events[event.event_type](event),
    when: formats.moment(atMs, nowMs),
    precisely: formats.precise(atMs),
    reason: event.reason,
    figures: [
      ...(event.detect_ms === null ? [] : [t.noticedIn(formats.took(event.detect_ms))]),
      ...(event.switch_ms === null ? [] : [t.switchedIn(formats.took(event.switch_ms))]),
      ...lastingOf(event, input),
    ],
  }
}

function lastingOf(
  { event_type, lasted_ms, at }: PastEvent,
  { nowMs, texts, formats }: EventViewsInput,
): string[] {
  const t = texts.timeline
  if (lasted_ms !== null) return [t.lasted(formats.duration(lasted_ms))]
  return looks[event_type].lasts ? [t.soFar(formats.duration(nowMs - Date.parse(at)))] : []
}
