/** What a house says of its lines under a flood of forged answers. */
import type { House } from '../../lab/house/house.ts'

export function told({ mqtt }: House, afterMs = 0): string[] {
  const events = mqtt.events.filter(({ seenMs }) => seenMs >= afterMs)
  return events.map(({ event_type }) => event_type)
}

export function isNamed(text: string): boolean {
  return text.includes("somebody on the LAN forges answers to primary's probes")
}
