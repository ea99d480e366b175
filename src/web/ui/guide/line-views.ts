/** Each found line as the guide shows it, and what all of them come to. */
import type { FoundLine, LineSearch } from '../../../model/published/found-line.ts'
import type { Tone } from '../frame/card-styles.ts'
import type { Formats } from '../texts/formats.ts'
import type { GuideTexts } from '../texts/guide/guide-texts.ts'
import { isWorthUsing } from './answers.ts'

export interface LineView {
  readonly id: string
  readonly title: string
  readonly tone: Tone
  /** Whether there is Internet behind it. */
  readonly status: string
  /** Whether it is another line than those before it; null where that can't be said. */
  readonly relation: string | null
  readonly configured: string | null
  readonly facts: readonly (readonly [label: string, value: string])[]
}

export interface GuideVoice {
  readonly guide: GuideTexts
  readonly formats: Formats
}

export function lineViews(lines: readonly FoundLine[], voice: GuideVoice): readonly LineView[] {
  return lines.map((line) => lineView(line, lines, voice))
}

function lineView(line: FoundLine, lines: readonly FoundLine[], voice: GuideVoice): LineView {
  const t = voice.guide.find
  const works = line.answered.length > 0
  const twin = lines.find(({ id }) => id === line.same_as)
  return {
    id: line.id,
    title: lineTitle(line, voice.guide),
    tone: works ? (twin === undefined ? 'good' : 'notice') : 'bad',
    status: works ? t.online : t.offline,
    relation: lines.length < 2 ? null : relationOf(line, twin, voice),
    configured: line.wan === null ? null : t.configured(line.wan),
    facts: factsOf(line, voice),
  }
}

/** "Router by AVM": what a user would call it; the address tells two of them apart. */
export function lineTitle({ kind, maker }: FoundLine, { find: t }: GuideTexts): string {
  return maker === null ? t.kinds[kind] : `${t.kinds[kind]} ${t.by(maker)}`
}

/** "Pixel 8" for `notify.mobile_app_pixel_8`. */
export function serviceName(service: string): string {
  const words = service.replace(/^notify\.(mobile_app_)?/, '').replaceAll('_', ' ')
  return words.replace(/^./, (letter) => letter.toUpperCase())
}

function relationOf(
  line: FoundLine,
  twin: FoundLine | undefined,
  { guide }: GuideVoice,
): string | null {
  if (line.answered.length === 0) return null
  if (twin === undefined) return guide.find.ownLine
  return guide.find.sameAs(`${lineTitle(twin, guide)} (${twin.gateway ?? twin.interface})`)
}

function factsOf(line: FoundLine, { guide, formats }: GuideVoice): LineView['facts'] {
  const t = guide.find
  const answers = line.answered.map(({ target }) => target)
  const publicAddresses = [line.public_ip, line.public_ip6].filter((one) => one !== null)
  return [
    [t.address, line.gateway ?? t.noGateway],
    [t.link, line.interface],
    ...(line.latency_ms === null
      ? []
      : [[t.latency, formats.milliseconds(line.latency_ms)] as const]),
    ...(publicAddresses.length === 0
      ? []
      : [[t.publicAddress, publicAddresses.join(', ')] as const]),
    ...(answers.length === 0 ? [] : [[t.answered, [...new Set(answers)].join(', ')] as const]),
  ]
}

export interface LinesVerdict {
  readonly tone: Tone
  readonly text: string
  /** What to do about it is worth saying. */
  readonly needsHelp: boolean
}

/** null while nobody has looked to the end. */
export function linesVerdict({ state, lines }: LineSearch, t: GuideTexts): LinesVerdict | null {
  if (state !== 'done') return null
  const count = lines.filter(isWorthUsing).length
  if (count >= 2) return { tone: 'good', text: t.find.several(count), needsHelp: false }
  const working = lines.filter(({ answered }) => answered.length > 0).length
  if (count === 0) return { tone: 'bad', text: t.find.none, needsHelp: true }
  const text = working > 1 ? t.find.oneTwice : t.find.one
  return { tone: 'notice', text, needsHelp: true }
}
