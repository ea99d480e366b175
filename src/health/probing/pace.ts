import type { HealthState } from '../../model/health.ts'
import type { Suspicion } from '../verdict/suspicion.ts'

/**
 * `standby`: rarely and little, for a metered WAN that is up and carries nothing. `heard`: the
 * traffic that comes in shows that it is alive; the moment it stops, what was due is asked.
 */
export type Pace = 'full' | 'standby' | 'heard'

export interface PaceSituation {
  /** Every byte is paid for, and nothing uses the WAN. */
  readonly small: boolean
  /** Every byte is paid for, and traffic has just come in. */
  readonly heard: boolean
  readonly state: HealthState
  readonly suspicion: Suspicion | null
  /** If it is down: it may well come back at any moment. */
  readonly mayReturn: boolean
}

/** A metered WAN is probed at full rate until its verdict, and whenever it may have come back. */
export function paceOf({ small, heard, state, suspicion, mayReturn }: PaceSituation): Pace {
  if (suspicion !== null) return 'full'
  if (!small) return heard && (state === 'up' || state === 'degraded') ? 'heard' : 'full'
  switch (state) {
    case 'unknown':
      return 'full'
    case 'down':
      return mayReturn ? 'full' : 'standby'
    case 'up':
    case 'degraded':
    case 'disabled':
      return 'standby'
  }
}
