/** Which targets keep silent, and which did lately: one is its own fault, two look like a bad line. */
export class TargetTruth {
  readonly silent = new Set<string>()
  /** Of the two web servers, which one answers nobody. */
  readonly webDown = new Set<number>()
  /** When either of them was down last, as far as `speech` was asked. */
  lastWebDownMs = Number.NEGATIVE_INFINITY
  readonly #targets: readonly string[]
  readonly #lastSilentMs = new Map<string, number>()

  constructor(targets: readonly string[]) {
    this.#targets = targets
  }

  /** Loss is counted over a minute: silences that follow each other add up. */
  speech(nowMs: number): 'speak' | 'half silent' | 'silent' {
    if (this.webDown.size > 0) this.lastWebDownMs = nowMs
    for (const target of this.silent) this.#lastSilentMs.set(target, nowMs)
    if (this.#targets.every((target) => this.silent.has(target))) return 'silent'
    const lately = this.#targets.filter(
      (target) => nowMs - (this.#lastSilentMs.get(target) ?? Number.NEGATIVE_INFINITY) < minuteMs,
    )
    return lately.length * 2 >= this.#targets.length ? 'half silent' : 'speak'
  }
}

const minuteMs = 60_000
