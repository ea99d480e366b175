import type { Family } from '../../model/address.ts'
import type { HealthState } from '../../model/health.ts'
import type { Suspicion } from '../verdict/suspicion.ts'

/**
 * `standby`: rarely and little, for a metered WAN that is up and carries nothing. `heard`: the
 * traffic that comes in shows that it is alive; the moment it stops, what was due is asked.
 * `search`: nothing else lives, so its first answer is waited for.
 */
export type Pace = 'full' | 'standby' | 'heard' | 'search'

export interface PaceSituation {
  readonly family: Family
  /** Every byte is paid for. */
  readonly metered: boolean
  /** Traffic uses the WAN, or will as soon as it answers. */
  readonly inUse: boolean
  /** Traffic has just come in. */
  readonly heard: boolean
  readonly state: HealthState
  readonly suspicion: Suspicion | null
  /** If it is down: it may well come back at any moment. */
  readonly mayReturn: boolean
}

/** A metered WAN is probed at full rate until its verdict, and whenever it may have come back. */
export function paceOf(situation: PaceSituation): Pace {
  const { family, metered, inUse, heard, state, suspicion, mayReturn } = situation
  if (suspicion !== null) return 'full'
  // IPv6 alone may be missing for months, and nobody waits for it.
  if (!metered) return inUse && state === 'down' && family === 'ipv4' ? 'search' : 'full'
  const speaks = state === 'up' || state === 'degraded'
  if (inUse) return heard && speaks ? 'heard' : 'full'
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
