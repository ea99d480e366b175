/**
 * How long a WAN must stay healthy before traffic returns to it. The first five flaps in an hour
 * lengthen nothing: a night of line resets is no reason to stay on a metered link. After that the
 * time doubles with each, up to the option `failback.max_hold_down`.
 */
export class FlapDamping {
  readonly #delayMs: number
  readonly #maxHoldDownMs: number
  #flapsMs: number[] = []
  /** What it is until the next flap, or until the oldest one doesn't count any more. */
  #known = { holdDownMs: 0, untilMs: Number.NEGATIVE_INFINITY }

  constructor(failback: { readonly delayMs: number; readonly maxHoldDownMs: number }) {
    this.#delayMs = failback.delayMs
    this.#maxHoldDownMs = failback.maxHoldDownMs
  }

  /** The WAN was healthy and went down. */
  flap(nowMs: number): void {
    this.#flapsMs = [...this.#flapsMs.slice(-maxRemembered + 1), nowMs]
    this.#known = { holdDownMs: 0, untilMs: Number.NEGATIVE_INFINITY }
  }

  holdDownMs(nowMs: number): number {
    if (nowMs < this.#known.untilMs) return this.#known.holdDownMs
    this.#flapsMs = this.#flapsMs.filter((flapMs) => nowMs - flapMs < hourMs)
    const [oldestMs = Number.POSITIVE_INFINITY] = this.#flapsMs
    this.#known = { holdDownMs: this.#lengthened(), untilMs: oldestMs + hourMs }
    return this.#known.holdDownMs
  }

  #lengthened(): number {
    const flaps = this.#flapsMs.length
    const doublings = Math.max(0, flaps - harmlessFlaps)
    const lengthened = this.#delayMs * 2 ** doublings
    return Math.max(this.#delayMs, Math.min(lengthened, this.#maxHoldDownMs))
  }
}

const hourMs = 3_600_000
const harmlessFlaps = 5
const maxRemembered = 40
