/** The events that came live and those of the history, as one list. */
import type { PastEvent } from '../../../model/published/history.ts'

/** If both have an event the history's counts: it knows how long the event lasted. */
export function joinEvents(
  past: readonly PastEvent[],
  heard: readonly PastEvent[],
): readonly PastEvent[] {
  const keys = new Set(past.map(eventKey))
  return [...past, ...heard.filter((event) => !keys.has(eventKey(event)))]
}

/** Events have no ids; the same one comes live and again from the history. */
export function eventKey(event: PastEvent): string {
  return [event.at, event.event_type, event.wan, event.from, event.to].join(' ')
}
