/**
 * How fit this box is to serve the house, beside another of our boxes. The other knows nothing but
 * the priority that follows, so each kind has a height of its own, the same on both.
 */
import type { WanHealths } from '../../model/health.ts'

export type Fitness =
  /** It was asked to leave the house to the other. */
  | 'resting'
  /** Every WAN is judged, and none lives. */
  | 'without_internet'
  /** Its WANs are not judged yet, or its rules don't stand yet. */
  | 'beginning'
  | 'ready'

export interface FitnessEvidence {
  readonly healths: WanHealths
  readonly isResting: boolean
  /** Rules and routes have stood as decided since the start. */
  readonly hasStood: boolean
  /** How long this daemon has run. */
  readonly ranMs: number
  readonly before: Fitness
}

export function fitnessOf(evidence: FitnessEvidence): Fitness {
  const { healths, isResting, hasStood, ranMs, before } = evidence
  if (isResting) return 'resting'
  const states = [...healths.values()].map(({ state }) => state)
  const lives = states.some((state) => state === 'up' || state === 'degraded')
  const isJudged = !states.includes('unknown')
  if (!lives) return isJudged ? 'without_internet' : 'beginning'
  const wasReady = before === 'ready' || before === 'without_internet'
  const isPatient = ranMs < longestJudgingMs && !wasReady
  return hasStood && (isJudged || !isPatient) ? 'ready' : 'beginning'
}

/**
 * 1 to 254. Of two that are equally fit the first serves while they are well; otherwise whoever
 * serves goes on, for a move would gain nothing.
 */
export function priorityOf(
  fitness: Fitness,
  { role, isServing }: { readonly role: 'first' | 'second'; readonly isServing: boolean },
): number {
  const ofRole = role === 'first' ? slight : 0
  switch (fitness) {
    case 'ready':
      return highest - slight + ofRole
    case 'beginning':
      return 100 + ofRole
    case 'without_internet':
      return 60 + (isServing ? slight : 0)
    case 'resting':
      return 20
  }
}

/** Behind a semicolon, for the user. */
export function describeFitness(fitness: Fitness): string {
  switch (fitness) {
    case 'ready':
      return 'this box is ready to serve'
    case 'beginning':
      return 'this box has not judged its WANs yet'
    case 'without_internet':
      return 'none of its WANs lives'
    case 'resting':
      return 'it was asked to let the other one serve'
  }
}

const slight = 5

/**
 * VRRP's own. Who takes over from a box that gives up waits longer the lower its priority is
 * (RFC 5798, 6.1): 7 ms with 249, 66 ms with 200.
 */
const highest = 254

/** A WAN that nobody can judge must not keep a box with a living one from serving for ever. */
const longestJudgingMs = 15_000
