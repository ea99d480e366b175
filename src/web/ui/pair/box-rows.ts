/** Both boxes of a pair side by side: their versions, the clock, and only what differs. */
import type { OtherBoxSnapshot } from '../../../model/published/snapshot.ts'
import type { ChangeView } from '../frame/changes.ts'
import type { BoxesTexts } from '../texts/boxes/boxes-texts.ts'
import type { Voice } from '../texts/voice.ts'

export interface BoxesView {
  readonly heading: string
  readonly rows: readonly ChangeView[]
}

/** Less is what a message may take on its way. */
const sameClockSeconds = 5

export function boxesView(
  other: OtherBoxSnapshot,
  ownVersion: string,
  { t, formats }: Pick<Voice, 'formats'> & { readonly t: BoxesTexts },
): BoxesView {
  const { version, clock_s: seconds, differences, more } = other
  const count = differences.length + more
  const clock = seconds === null ? '–' : clockText(seconds, t)
  const options = differences.map(({ option, here, there }) => ({
    path: option,
    before: here === '' ? '–' : here,
    after: there === '' ? '–' : there,
  }))
  return {
    heading: count === 0 ? t.equal : t.differs(formats.number(count)),
    rows: [
      { path: t.version, before: ownVersion, after: version },
      { path: t.clock, before: '', after: clock },
      ...options,
      ...(more === 0 ? [] : [{ path: '…', before: '', after: '' }]),
    ],
  }
}

function clockText(seconds: number, t: BoxesTexts): string {
  if (Math.abs(seconds) < sameClockSeconds) return t.clockSame
  return seconds > 0 ? t.clockAhead(seconds) : t.clockBehind(-seconds)
}
