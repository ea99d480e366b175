export interface RetryTiming {
  readonly firstMs: number
  readonly lastMs: number
  /** A connection that held this long was a good one: the first retry after it comes soon. */
  readonly stableMs: number
}

/** The attempts to connect to one server: after each failure the next one waits longer. */
export class Retries {
  readonly #timing: RetryTiming
  readonly #random: () => number
  #failures = 0
  #timer: NodeJS.Timeout | undefined

  constructor(timing: RetryTiming, random: () => number) {
    this.#timing = timing
    this.#random = random
  }

  /** `heldMs` is how long the connection held that ended; null where there was none. */
  afterFailure(heldMs: number | null, attempt: () => void): void {
    if (heldMs !== null && heldMs >= this.#timing.stableMs) this.#failures = 0
    this.after(retryDelayMs(this.#failures, this.#timing, this.#random()), attempt)
    this.#failures += 1
  }

  after(delayMs: number, attempt: () => void): void {
    this.#timer = setTimeout(attempt, delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }
}

/** Doubles from the first to the last pause; half of it is random, to spare the server. */
export function retryDelayMs(failures: number, retry: RetryTiming, random: number): number {
  const fullMs = Math.min(retry.lastMs, retry.firstMs * 2 ** failures)
  return fullMs * (0.5 + random / 2)
}
