/** A published event as a sentence for the viewer. Pure. */
import type { ChangeEvent } from '../../../../src/model/published/snapshot.ts'

export function eventSentence(event: ChangeEvent): string {
  return `${whatHappened(event)}: ${event.reason}`
}

function whatHappened(event: ChangeEvent): string {
  switch (event.event_type) {
    case 'failover':
    case 'failback':
      return `${event.event_type} from ${event.from} to ${event.to}${times(event)}`
    case 'wan_down':
      return `${event.wan} is down`
    case 'wan_up':
      return `${event.wan} is up`
    case 'wan_degraded':
      return `${event.wan} is degraded`
    case 'all_down':
      return 'no WAN works any more'
    case 'restored':
      return 'the house is online again'
    case 'names_down':
      return 'names no longer resolve'
    case 'names_up':
      return 'names resolve again'
    case 'took_over':
      return 'this box serves the house'
    case 'gave_way':
      return 'this box gave way to the other one'
    case 'test_started':
      return 'failover test started'
    case 'test_ended':
      return 'failover test ended'
  }
}

function times({ detect_ms: detectMs, switch_ms: switchMs }: ChangeEvent): string {
  const parts = [
    ...(detectMs === null ? [] : [`detected in ${detectMs} ms`]),
    ...(switchMs === null ? [] : [`switched in ${switchMs} ms`]),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}
