/** What was heard live and what the history knows, as one list. */
import type { PastEvent } from '../../../model/published/history.ts'

/** The history's word counts where both know an event: it knows how long it lasted. */
export function joinEvents(
  past: readonly PastEvent[],
  heard: readonly PastEvent[],
): readonly PastEvent[] {
  const keys = new Set(past.map(eventKey))
  return [...past, ...heard.filter((event) => !keys.has(eventKey(event)))]
}

/** An event has no number of its own; heard live and read from the history it is the same one. */
export function eventKey(event: PastEvent): string {
  return [event.at, event.event_type, event.wan, event.from, event.to].join(' ')
}
