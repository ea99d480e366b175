/** How long what an event began has lasted. Pure. */
import type { PastEvent } from '../../model/published/history.ts'
import type { ChangeEvent, EventType } from '../../model/published/snapshot.ts'

/** `event` is null where the daemon started. */
export interface Recorded {
  readonly atMs: number
  readonly event: ChangeEvent | null
}

/** @param recorded in the order it happened, up to now: an event may end much later */
export function withDurations(recorded: readonly Recorded[]): readonly PastEvent[] {
  const past: PastEvent[] = []
  const nextAtMs = new Map<string, number>()
  for (const { atMs, event } of recorded.toReversed()) {
    if (event !== null) {
      const times = endsOf(event).flatMap((end) => nextAtMs.get(end) ?? [])
      const endMs = times.length === 0 ? null : Math.min(...times)
      // Somebody may have put the clock back in between.
      past.push({ ...event, lasted_ms: endMs === null ? null : Math.max(0, endMs - atMs) })
    }
    nextAtMs.set(event === null ? start : nameOf(event.event_type, event.wan), atMs)
  }
  return past.reverse()
}

/** The first of these events ends it; none for an event that is over at once. */
function endsOf({ event_type, wan }: ChangeEvent): readonly string[] {
  switch (event_type) {
    case 'failover':
      // Traffic goes on over a restart, so that doesn't end it; the next move does.
      return ['failover', 'failback']
    case 'wan_down':
      return [nameOf('wan_up', wan), nameOf('wan_degraded', wan), start]
    case 'wan_degraded':
      return [nameOf('wan_up', wan), nameOf('wan_down', wan), start]
    case 'all_down':
      return ['restored', start]
    case 'names_down':
      return ['names_up', start]
    case 'test_started':
      return ['test_ended', start]
    case 'failback':
    case 'wan_up':
    case 'restored':
    case 'names_up':
    case 'took_over':
    case 'gave_way':
    case 'test_ended':
      return []
  }
}

function nameOf(type: EventType, wan: string | null): string {
  return type.startsWith('wan_') ? `${type} ${wan}` : type
}

/** After a start each WAN is judged again, and no test goes on. */
const start = 'start'
