import type { HealthState } from '../model/health.ts'
import type { Suspicion } from './suspicion.ts'

/** `standby`: rarely and little, for a metered WAN that is up and carries nothing. */
export type Pace = 'full' | 'standby'

export interface PaceSituation {
  /** Every byte is paid for, and nothing uses the WAN. */
  readonly small: boolean
  readonly state: HealthState
  readonly suspicion: Suspicion | null
  /** If it is down: it may well come back at any moment. */
  readonly mayReturn: boolean
}

/** A metered WAN is probed at full rate until its verdict, and whenever it may have come back. */
export function paceOf({ small, state, suspicion, mayReturn }: PaceSituation): Pace {
  if (!small || suspicion !== null) return 'full'
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
