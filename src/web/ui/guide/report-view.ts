/** What the drill has shown: what moved, how long it took, and which devices it protects. */
import type { Device, Devices } from '../../../model/published/devices.ts'
import type { Formats } from '../texts/formats.ts'
import type { GuideTexts } from '../texts/guide/guide-texts.ts'
import type { Drill } from './drill.ts'

export interface ReportView {
  readonly ways: readonly (readonly [what: string, howLong: string])[]
  /** Why the way back has no time yet. */
  readonly slowBack: string | null
  readonly moved: readonly (readonly [who: string, to: string])[]
  /** null: nobody knows which devices there were. */
  readonly devices: {
    readonly seen: readonly (readonly [device: string, what: string])[]
    readonly seenMore: number
    readonly passedBy: readonly string[]
    readonly passedByMore: number
    /** What those should have as their gateway, a sentence for each network. */
    readonly advice: readonly string[]
  } | null
}

export interface ReportInput {
  readonly drill: Extract<Drill, { kind: 'done' }>
  /** Before and after it. */
  readonly before: Devices | null
  readonly after: Devices | null
  readonly guide: GuideTexts
  readonly formats: Formats
}

/** A list that one reads rather than scrolls. */
const mostShown = 12

export function reportView(input: ReportInput): ReportView {
  const { drill, formats } = input
  const t = input.guide.report
  const { from, to, awayMs, backMs } = drill
  const back = backMs === null ? [] : [[t.backAgain(to, from), formats.took(backMs)] as const]
  return {
    ways: [[t.there(from, to), formats.took(awayMs)], ...back],
    slowBack: backMs === null ? t.slowBack(from) : null,
    moved: Object.entries(drill.moved).map(([policy, line]) => [whoOf(policy, input.guide), line]),
    devices: devicesOf(input),
  }
}

function whoOf(policy: string, { report: t }: GuideTexts): string {
  if (policy === 'default') return t.everyone
  return policy === 'this_machine' ? t.machine : policy
}

function devicesOf({ drill, before, after, guide }: ReportInput): ReportView['devices'] {
  if (after === null) return null
  const t = guide.report
  const seen = after.devices.filter(({ through }) => through)
  const passedBy = after.devices.filter(({ through }) => !through)
  const here = new Set(passedBy.flatMap((device) => device.here ?? []))
  const grew = (device: Device): boolean => {
    const earlier = before?.devices.find(({ address }) => address === device.address)
    return (device.bytes[drill.to] ?? 0) > (earlier?.bytes[drill.to] ?? 0)
  }
  return {
    seen: seen
      .slice(0, mostShown)
      .map((device) => [nameOf(device), grew(device) ? t.usedOther(drill.to) : t.quietThen]),
    seenMore: Math.max(0, seen.length - mostShown),
    passedBy: passedBy
      .slice(0, mostShown)
      .map((device) =>
        device.gateway === null
          ? t.elsewhere(nameOf(device))
          : t.stillAt(nameOf(device), device.gateway),
      ),
    passedByMore: Math.max(0, passedBy.length - mostShown),
    advice: [...here].map((address) => t.passedByHint(address)),
  }
}

function nameOf({ name, maker, address }: Device): string {
  const called = name ?? maker
  return called === null ? address : `${called} (${address})`
}
