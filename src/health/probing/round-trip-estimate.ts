/**
 * How long an answer may plausibly take on this path: the smoothed round-trip time plus four
 * times its variation, after RFC 6298 sections 2.2 and 2.3. A silence longer than that is only
 * suspicious; the option `timeout` stays the measure of what is lost.
 */
export class RoundTripEstimate {
  #smoothedMs: number | null = null
  #variationMs = 0
  /** The slowest answer, and ever less of it with each one since. */
  #slowestMs = 0

  /** Somebody has answered. */
  get isKnown(): boolean {
    return this.#smoothedMs !== null
  }

  /** Takes the round-trip time of an answer. */
  add(rttMs: number): void {
    this.#slowestMs = Math.max(rttMs, slowestFades * this.#slowestMs)
    if (this.#smoothedMs === null) {
      this.#smoothedMs = rttMs
      this.#variationMs = rttMs / 2
      return
    }
    this.#variationMs += (Math.abs(rttMs - this.#smoothedMs) - this.#variationMs) / 4
    this.#smoothedMs += (rttMs - this.#smoothedMs) / 8
  }

  /**
   * At most `timeoutMs`, so that one straggler doesn't delay the next detection; but on a path
   * that is always slower than the time-out, waiting for less would suspect every single probe.
   */
  plausibleMs(timeoutMs: number): number {
    if (this.#smoothedMs === null) return timeoutMs
    const plausibleMs = this.#smoothedMs + 4 * this.#variationMs
    const ceilingMs = Math.max(timeoutMs, slowPathFactor * this.#smoothedMs)
    return Math.min(ceilingMs, Math.max(floorMs, plausibleMs))
  }

  /**
   * When to ask more questions, on a path whose times vary so much that the answer may still come:
   * theirs take no less time, and so it is not spent twice.
   */
  dubiousMs(timeoutMs: number): number {
    const plausibleMs = this.plausibleMs(timeoutMs)
    return this.#smoothedMs === null
      ? plausibleMs
      : Math.min(plausibleMs, this.#smoothedMs + dubiousAfterMs)
  }

  /** How slow it has been lately at the worst: a full queue may make it so again, all at once. */
  get slowestMs(): number {
    return this.#slowestMs
  }

  /** How long it mostly takes. */
  usualMs(timeoutMs: number): number {
    return Math.max(leastMs, this.#smoothedMs ?? timeoutMs)
  }

  /** How long a line that speaks again may need until an answer to one question is here. */
  onceMoreMs(timeoutMs: number): number {
    if (this.#smoothedMs === null) return timeoutMs
    return Math.max(leastMs, 2 * this.#smoothedMs + 4 * this.#variationMs)
  }
}

/** Below this a silence says more about scheduling (ours, a phone's radio) than about the path. */
const floorMs = 100
const slowPathFactor = 1.5
/** Where times vary less than this the plausible time is over sooner. */
const dubiousAfterMs = 150
/** Our own delays, on a small machine: sending and reading. */
const leastMs = 50
/** Half of it is gone after 700 answers, some four minutes. */
const slowestFades = 0.999
