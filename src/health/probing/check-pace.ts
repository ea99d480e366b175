/** What a WAN's next real check depends on. */
export interface CheckSituation {
  /** Every byte is paid for, and nothing uses the WAN. */
  readonly rarely: boolean
  /** The last check was bad, and nothing is said of it before it is repeated. */
  readonly suspect: boolean
  /** A fault is established. */
  readonly faulty: boolean
  /** With a fault: the checks in a row that went well. */
  readonly goodInARow: number
  /** The checks in a row that went badly. */
  readonly badInARow: number
}

/**
 * From the beginning of one check to that of the next. A check is two requests: 1.36 kB in the lab,
 * and 0.31 kB for the names, if they aren't known from the last minute. Once an hour, that is 1.2 MB
 * a month beside the 4.8 MB of the pings; every 20 s it is 6 MB a day, an eighth of what the probes
 * of a line in use cost.
 */
export function checkPauseMs(situation: CheckSituation): number {
  const { rarely, suspect, faulty, goodInARow, badInARow } = situation
  if (suspect) return repeatMs
  if (faulty && goodInARow > 0) return confirmMs
  if (!rarely) return faulty ? faultyMs : usualMs
  return faulty ? Math.min(hourMs, minuteMs * 2 ** badInARow) : hourMs
}

/** A standby that costs by the byte is asked out of turn only so often, when another WAN fails. */
export const leastRarePauseMs = 1_200_000

/** With two time-outs and the repetition a fault is known 32 s after it began, at the latest. */
const usualMs = 20_000
/** After the bad check's own beginning: it has ended by then. */
const repeatMs = 6_000
const faultyMs = 10_000
const confirmMs = 5_000
const minuteMs = 60_000
const hourMs = 3_600_000
