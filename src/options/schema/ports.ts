/** Destination ports: `443`, `"443"`, `"5000-5100"`. */
import type { PortRange } from '../../model/settings/settings.ts'
import { option } from './option.ts'

export const portsOption = option(
  'a port like "443" or a range like "5000-5100", from 1 to 65535',
  readPorts,
)

/** In order, none overlapping or touching another: nft refuses a set of ranges that overlap. */
export function mergePorts(ranges: readonly PortRange[]): PortRange[] {
  const merged: PortRange[] = []
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const previous = merged.at(-1)
    if (previous === undefined || range.first > previous.last + 1) {
      merged.push(range)
    } else {
      const last = Math.max(previous.last, range.last)
      merged[merged.length - 1] = { first: previous.first, last }
    }
  }
  return merged
}

function readPorts(found: unknown): PortRange | undefined {
  const text = typeof found === 'number' || typeof found === 'string' ? String(found) : ''
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim())
  if (match === null) return undefined
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  return first >= 1 && first <= last && last <= 65535 ? { first, last } : undefined
}
