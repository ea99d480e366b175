/**
 * What a phone, Home Assistant's notifications or a loudspeaker say about the house's Internet.
 * Pure: what it remembers are values, and the time is an argument.
 */
import type { ChangeEvent } from '../../model/published/snapshot.ts'

/** What we remember of earlier events, to say how long something took. */
export interface Outages {
  /** When the default policy's traffic last left each WAN, ISO 8601. */
  readonly leftAt: ReadonlyMap<string, string>
  /** Since when every WAN is down; null while one isn't. */
  readonly allDownSince: string | null
}

export const noOutages: Outages = { leftAt: new Map(), allDownSince: null }

export interface Notification {
  readonly title: string
  readonly text: string
  /** What it is about: a newer one about the same replaces it. */
  readonly subject: 'path' | 'outage'
  /** Show the button: there is something to fail back to. */
  readonly canFailBack: boolean
}

export function remember(outages: Outages, event: ChangeEvent): Outages {
  switch (event.event_type) {
    case 'all_down':
      return { ...outages, allDownSince: event.at }
    case 'restored':
      return { ...outages, allDownSince: null }
    case 'failover':
    case 'failback': {
      const leftAt = new Map(outages.leftAt)
      if (event.from !== null) leftAt.set(event.from, event.at)
      return { ...outages, leftAt }
    }
    default:
      return outages
  }
}

/** null where nobody needs to know. `before` is what we remembered before this event. */
export function notificationOf(event: ChangeEvent, before: Outages): Notification | null {
  const { from, to, reason } = event
  switch (event.event_type) {
    case 'failover':
      return {
        title: `Internet now on ${to}`,
        text: sentences([`Moved from ${from} to ${to}: ${reason}`, took(event)]),
        subject: 'path',
        canFailBack: true,
      }
    case 'failback': {
      const away = lasted(before.leftAt.get(to ?? ''), event.at)
      const after = away === null ? '' : ` after ${away}`
      return {
        title: `Internet back on ${to}`,
        text: sentences([`Moved back from ${from} to ${to}${after}: ${reason}`, took(event)]),
        subject: 'path',
        canFailBack: false,
      }
    }
    case 'all_down':
      return {
        title: 'No Internet',
        text: sentences([capital(reason)]),
        subject: 'outage',
        canFailBack: false,
      }
    case 'restored': {
      const down = lasted(before.allDownSince ?? undefined, event.at)
      const howLong = down === null ? 'Every WAN was down' : `Every WAN was down for ${down}`
      return {
        title: 'Internet is back',
        text: sentences([`${howLong}; ${reason}`]),
        subject: 'outage',
        canFailBack: false,
      }
    }
    default:
      return null
  }
}

/** Adds the time, if it happened more than a moment ago. */
export function withTime(text: string, at: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(at)
  if (!(agoMs >= momentMs)) return text
  const when = new Date(at)
  const day = agoMs < dayMs ? '' : `${when.getDate()} ${months[when.getMonth()]}, `
  const time = [when.getHours(), when.getMinutes()].map((each) => String(each).padStart(2, '0'))
  return `${day}${time.join(':')}: ${text}`
}

const momentMs = 30_000
const dayMs = 86_400_000

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function took({ detect_ms, switch_ms }: ChangeEvent): string | null {
  const parts = [
    detect_ms === null ? null : `noticed in ${detect_ms} ms`,
    switch_ms === null ? null : `switched in ${switch_ms} ms`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : capital(parts.join(', '))
}

/** As `3 min 20 s`; null if nobody knows. */
function lasted(since: string | undefined, until: string): string | null {
  const seconds = Math.round((Date.parse(until) - Date.parse(since ?? '')) / 1000)
  if (!(seconds >= 0)) return null
  const units = [
    { name: 'd', each: 86_400 },
    { name: 'h', each: 3_600 },
    { name: 'min', each: 60 },
    { name: 's', each: 1 },
  ]
  const largest = units.findIndex(({ each }) => seconds >= each)
  if (largest === -1) return '0 s'
  let left = seconds
  const parts: string[] = []
  for (const { name, each } of units.slice(largest, largest + 2)) {
    const count = Math.floor(left / each)
    left -= count * each
    if (count > 0) parts.push(`${count} ${name}`)
  }
  return parts.join(' ')
}

function sentences(parts: readonly (string | null)[]): string {
  return parts
    .filter((part) => part !== null)
    .map((part) => `${part}.`)
    .join(' ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
