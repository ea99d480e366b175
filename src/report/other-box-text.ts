/** What is to be said of the other box of a pair beside this one: by the daemon and by `check`. */
import type { OtherBoxSnapshot } from '../model/published/snapshot.ts'

export interface OtherBoxText {
  /** What must be equal and isn't, in one sentence; null: all is. */
  readonly problem: string | null
  /** What mostly passes by itself: an update is under way, or a clock isn't set yet. */
  readonly hints: readonly string[]
}

export function describeOtherBox(other: OtherBoxSnapshot, ownVersion: string): OtherBoxText {
  const { version, clock_s: seconds } = other
  const versions =
    version === ownVersion
      ? []
      : [`the other box has version ${version}, this one ${ownVersion}: update both`]
  return {
    problem: describeDifferences(other),
    hints: [...versions, ...describeClock(seconds ?? 0)],
  }
}

function describeDifferences({ differences, more }: OtherBoxSnapshot): string | null {
  if (differences.length === 0) return null
  const named = differences
    .slice(0, mostNamed)
    .map(({ option, here, there }) => `${option} (here ${worded(here)}, there ${worded(there)})`)
  const unnamed = differences.length - named.length + more
  const rest = unnamed > 0 ? `, and ${unnamed} more` : ''
  return `the other box has other options: ${named.join(', ')}${rest}`
}

function describeClock(seconds: number): readonly string[] {
  if (Math.abs(seconds) < clockSeconds) return []
  const way = seconds > 0 ? 'ahead of' : 'behind'
  return [`the other box's clock is ${Math.abs(seconds)} s ${way} this one's: set both by NTP`]
}

function worded(text: string): string {
  return text === '' ? 'nothing' : text
}

/** Less is what a message may take on its way. */
const clockSeconds = 5
const mostNamed = 3
